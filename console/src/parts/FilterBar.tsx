import { Button, CloseButton, Combobox, Popover, TextInput, useCombobox } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { type Search, useChangeParams, useParams } from '@/search';
import classes from './FilterBar.module.css';

/** Something to filter by: a search param, its name, and the values to choose from; free text without them. */
export interface Facet {
  param: string;
  label: string;
  options?: { value: string; label: string; count?: number }[];
}

/** Filters as chips that can be taken away, kept in the address. `children` stand at its end. */
export function FilterBar(props: {
  facets: Facet[];
  children?: ReactNode;
  /** Called when somebody is about to choose, for options that are costly to know. */
  onOpen?: () => void;
}) {
  const { facets, children } = props;
  const params = useParams();
  const change = useChangeParams();
  const active = facets.filter(({ param }) => params[param]);
  const clear = () => change(Object.fromEntries(active.map(({ param }) => [param, undefined])));
  return (
    <div className={classes.bar} role="group" aria-label="Filters">
      {active.map((facet) => (
        <Chip key={facet.param} facet={facet} value={params[facet.param] ?? ''} change={change} />
      ))}
      <AddFilter
        facets={facets.filter(({ param }) => !params[param])}
        change={change}
        onOpen={props.onOpen}
      />
      {active.length > 1 && (
        <Button variant="subtle" color="gray" size="xs" onClick={clear}>
          Clear all
        </Button>
      )}
      {children && <div className={classes.end}>{children}</div>}
    </div>
  );
}

function Chip({ facet, value, change }: { facet: Facet; value: string; change: (changes: Search) => void }) {
  const shown = facet.options?.find((option) => option.value === value)?.label ?? value;
  return (
    <span className={classes.chip}>
      <span className={classes.name}>{facet.label}</span> {shown}
      <CloseButton
        size={18}
        iconSize={12}
        aria-label={`Take away the filter ${facet.label}: ${shown}`}
        onClick={() => change({ [facet.param]: undefined })}
      />
    </span>
  );
}

function AddFilter(props: { facets: Facet[]; change: (changes: Search) => void; onOpen?: () => void }) {
  const { facets, change, onOpen } = props;
  const [facet, setFacet] = useState<Facet>();
  const [opened, setOpened] = useState(false);
  const done = (value?: string) => {
    if (facet && value) change({ [facet.param]: value });
    setOpened(false);
  };
  const open = (wanted: boolean) => {
    setFacet(undefined);
    setOpened(wanted);
    if (wanted) onOpen?.();
  };
  if (facets.length === 0) return null;
  return (
    <Popover opened={opened} onChange={open} position="bottom-start" trapFocus returnFocus width={240}>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconFilter size={13} />}
          onClick={() => open(!opened)}
        >
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        {!facet && (
          <Choice
            label="Filter by"
            options={facets.map(({ param, label }) => ({ value: param, label }))}
            choose={(param) => setFacet(facets.find((each) => each.param === param))}
          />
        )}
        {facet?.options && (
          <Choice key={facet.param} label={facet.label} options={facet.options} choose={done} autoFocus />
        )}
        {facet && !facet.options && <FreeText label={facet.label} done={done} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Choice(props: {
  label: string;
  options: NonNullable<Facet['options']>;
  choose: (value: string) => void;
  /** For a step that follows another: the focus was in that one, which is gone. */
  autoFocus?: boolean;
}) {
  const combobox = useCombobox({ opened: true });
  const [text, setText] = useState('');
  // The field can name its list only once the list is there, by an id that stays.
  const list = useId();
  const [, setListed] = useState(false);
  useEffect(() => setListed(true), []);
  const options = props.options.filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()));
  return (
    <Combobox store={combobox} onOptionSubmit={props.choose}>
      <Combobox.EventsTarget withExpandedAttribute>
        <TextInput
          size="xs"
          m={4}
          data-autofocus
          autoFocus={props.autoFocus}
          role="combobox"
          aria-label={props.label}
          placeholder={props.label}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.resetSelectedOption();
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.Options id={list} aria-label={props.label} mah={280} className={classes.options}>
        {options.map(({ value, label, count }) => (
          <Combobox.Option key={value} value={value} className={classes.option}>
            {label}
            {count !== undefined && <span className={classes.count}>{count}</span>}
          </Combobox.Option>
        ))}
        {options.length === 0 && <Combobox.Empty>Nothing by that name</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  );
}

function FreeText({ label, done }: { label: string; done: (value?: string) => void }) {
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        done(text.trim());
      }}
    >
      <TextInput
        size="xs"
        m={4}
        label={label}
        description="Enter to apply"
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
