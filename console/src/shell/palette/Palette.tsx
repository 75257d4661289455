import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { KeyHint } from '@/parts/KeyHint';
import { type Command, useCommands } from './commands';
import { useIdCommands, useResourceCommands } from './found';
import classes from './Palette.module.css';

/** Jump to a page, a name or a pasted id, or do something: by keyboard alone. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const wanted = text.trim();
  const [asked] = useDebouncedValue(wanted, 120);
  const ids = useIdCommands(wanted);
  const resources = useResourceCommands(wanted, asked);
  const { named, meant } = useCommands(wanted);
  // Resources come a little later: they stand below what is called so, and move no line that was chosen already.
  const groups = [
    { label: 'By id', commands: ids },
    ...named,
    { label: 'Resources', commands: resources.commands },
    meant,
  ].filter(({ commands }) => commands.length > 0);
  const lines = groups.flatMap(({ commands }) => commands);
  const current = Math.min(at, lines.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-at="${current}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step && lines.length > 0) {
      event.preventDefault();
      setAt((current + step + lines.length) % lines.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(lines[current]);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={600}
      transitionProps={{ duration: 90 }}
      returnFocus={false}
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
    >
      <div className={classes.head}>
        <IconSearch size={17} aria-hidden="true" />
        <input
          data-autofocus
          className={classes.input}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
          placeholder="Page, command, name or id"
          role="combobox"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={lines.length > 0 ? `${id}-${current}` : undefined}
          aria-label="Page, command, name or id"
        />
        <KeyHint keys="Escape" />
      </div>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Found" className={classes.list}>
        {groups.map(({ label, commands }) => (
          <div key={label} role="group" aria-label={label}>
            <div className={classes.label} aria-hidden="true">
              {label}
            </div>
            {commands.map((command) => {
              const index = lines.indexOf(command);
              return (
                <Line
                  key={command.id}
                  command={command}
                  id={`${id}-${index}`}
                  index={index}
                  current={index === current}
                  hover={() => setAt(index)}
                  run={() => run(command)}
                />
              );
            })}
          </div>
        ))}
      </div>
      {lines.length === 0 && (
        <p className={classes.nothing} role="status">
          {resources.busy ? 'Looking…' : 'Nothing by that name or id.'}
        </p>
      )}
    </Modal>
  );
}

function Line(props: {
  command: Command;
  id: string;
  index: number;
  current: boolean;
  hover: () => void;
  run: () => void;
}) {
  const { label, note, icon: Icon, keys } = props.command;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the keyboard
    <div
      id={props.id}
      data-at={props.index}
      role="option"
      tabIndex={-1}
      aria-selected={props.current}
      className={classes.line}
      onMouseMove={props.hover}
      onClick={props.run}
    >
      <Icon size={16} stroke={1.7} aria-hidden="true" />
      <span className={classes.name}>{label}</span>
      {note && <span className={classes.note}>{note}</span>}
      {keys && (
        <span className={classes.keys}>
          <KeyHint keys={keys} />
        </span>
      )}
    </div>
  );
}
