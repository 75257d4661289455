import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { IconSelector } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { finder, sandboxLast } from '@/pages/models/find';
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
  const asked = text.trim();
  const names = useCallable('', { off: !combobox.dropdownOpened });
  const all = names.data?.items;
  const fitting = useMemo(() => {
    // With the name that is chosen nobody looks for anything: all are shown, as any list of choices does.
    const has = finder(asked === value ? '' : asked);
    return all && sandboxLast(all.filter(({ name }) => has(name)));
  }, [all, asked, value]);

  const choose = (name: string) => {
    combobox.closeDropdown();
    setText(name.trim() || value);
    if (name.trim() && name.trim() !== value) onChange(name.trim());
  };

  return (
    <Combobox store={combobox} onOptionSubmit={choose}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          role="combobox"
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
        <Combobox.Options mah={320} className={classes.options} aria-label={props.label}>
          {fitting?.slice(0, MOST).map(({ name, targets }) => (
            <Combobox.Option key={name} value={name} className={classes.option} active={name === value}>
              <span className={classes.optionName}>{name}</span>
              <span className={classes.optionPrice}>
                {shortPrice(targets.map(({ price }) => price)) ??
                  (targets.some(({ price }) => price) ? 'not by tokens' : 'no price')}
              </span>
            </Combobox.Option>
          ))}
          {fitting?.length === 0 && (
            <Combobox.Option value={asked} className={classes.option}>
              <span className={classes.optionName}>{asked}</span>
              <span className={classes.optionPrice}>not listed, may be called all the same</span>
            </Combobox.Option>
          )}
        </Combobox.Options>
        {fitting && fitting.length > MOST && <Combobox.Footer>Type to see more.</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  );
}
