import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSelector } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { shortPrice } from '@/pages/models/prices';
import { useCallable } from '@/pages/models/queries';
import classes from './playground.module.css';

const MOST = 60;

/** A model by its name: searched for as one types, or written out, since providers take names that nobody lists. */
export function ModelSelect(props: {
  label: string;
  description?: ReactNode;
  value: string;
  onChange: (name: string) => void;
}) {
  const { value, onChange } = props;
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  const [asked] = useDebouncedValue(text.trim(), 120);
  // With the name that is chosen nobody looks for anything: all are shown, as any list of choices does.
  const names = useCallable(asked === value ? '' : asked, { limit: MOST, off: !combobox.dropdownOpened });

  const choose = (name: string) => {
    combobox.closeDropdown();
    setText(name.trim() || value);
    if (name.trim() && name.trim() !== value) onChange(name.trim());
  };

  return (
    <Combobox store={combobox} onOptionSubmit={choose}>
      <Combobox.Target>
        <TextInput
          label={props.label}
          description={props.description}
          value={text}
          spellCheck={false}
          autoComplete="off"
          rightSection={<IconSelector size={15} className={classes.arrow} />}
          rightSectionPointerEvents="none"
          onClick={() => combobox.openDropdown()}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => choose(text)}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && combobox.getSelectedOptionIndex() < 0) choose(text);
            if (event.key === 'Escape') setText(value);
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={320} className={classes.options}>
          {names.data?.items.map(({ name, targets }) => (
            <Combobox.Option key={name} value={name} className={classes.option} active={name === value}>
              <span className={classes.optionName}>{name}</span>
              <span className={classes.optionPrice}>
                {shortPrice(targets.map(({ price }) => price)) ?? 'no price'}
              </span>
            </Combobox.Option>
          ))}
          {names.data?.items.length === 0 && (
            <Combobox.Empty>No listed name has “{asked}” in it. Enter takes it all the same.</Combobox.Empty>
          )}
          {names.data?.items.length === MOST && <Combobox.Footer>Type to see more.</Combobox.Footer>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
