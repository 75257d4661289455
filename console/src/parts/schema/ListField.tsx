import { ActionIcon, Button, MultiSelect, TagsInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { use } from 'react';
import { FormContext, useFault, useSuggestions } from './context';
import { Field, type FieldProps, useWrapper } from './Field';
import { Group } from './Group';
import { Properties } from './ObjectField';
import { Prose } from './Prose';
import { blank, choicesOf, entryOf, type JsonSchema, labelOf, resolve, step } from './schema';
import classes from './schema.module.css';

/** A list: of words as tags, of those of a set as a choice of several, of anything else as cards. */
export function ListField(props: FieldProps) {
  const { root } = use(FormContext);
  const items = resolve(props.schema.items ?? {}, root);
  switch (entryOf(items)) {
    case 'text':
      return <Words {...props} />;
    case 'choice':
      return <Several {...props} choices={choicesOf(items)} />;
    default:
      return <Cards {...props} />;
  }
}

function Several({ choices, ...props }: FieldProps & { choices: JsonSchema[] }) {
  const chosen = Array.isArray(props.value) ? props.value.map(String) : [];
  const says = new Map(choices.map((choice) => [String(choice.const), choice.description]));
  return (
    <MultiSelect
      {...useWrapper(props)}
      data={[...says.keys()]}
      value={chosen}
      clearable
      hidePickedOptions
      placeholder={chosen.length === 0 ? 'None chosen' : undefined}
      renderOption={({ option }) => (
        <span className={classes.choice}>
          {option.value}
          {says.get(option.value) && (
            <span className={classes.says}>
              <Prose text={says.get(option.value) ?? ''} />
            </span>
          )}
        </span>
      )}
      onChange={(given) => props.onChange(given.length === 0 && !props.required ? undefined : given)}
    />
  );
}

function Words(props: FieldProps) {
  const words = Array.isArray(props.value) ? props.value.map(String) : [];
  const data = useSuggestions(step(props.pointer, '[]'));
  const wrapper = useWrapper(props);
  return (
    <TagsInput
      {...wrapper}
      data={data}
      value={words}
      onChange={(given) => props.onChange(given.length === 0 && !props.required ? undefined : given)}
    />
  );
}

function Cards(props: FieldProps) {
  const { root } = use(FormContext);
  const fault = useFault(props.pointer);
  const schema = resolve(props.schema.items ?? {}, root);
  const values: unknown[] = Array.isArray(props.value) ? props.value : [];
  const one = labelOf(props.name, {}).replace(/s$/, '').toLowerCase();
  const replace = (at: number, given: unknown) => props.onChange(values.with(at, given));
  const remove = (at: number) => props.onChange(values.toSpliced(at, 1));
  return (
    <Group {...props} fault={fault}>
      {values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells the items apart
        <div key={at} className={classes.card}>
          <div className={classes.cardHead}>
            <span>
              {labelOf(one, {})} {at + 1}
            </span>
            <ActionIcon size="sm" onClick={() => remove(at)} aria-label={`Remove ${one} ${at + 1}`}>
              <IconX size={14} />
            </ActionIcon>
          </div>
          <Item {...props} at={at} schema={schema} value={value} onChange={(given) => replace(at, given)} />
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        className={classes.add}
        leftSection={<IconPlus size={13} />}
        onClick={() => props.onChange([...values, blank(schema, root)])}
      >
        Add {one}
      </Button>
    </Group>
  );
}

function Item({ at, ...props }: FieldProps & { at: number }) {
  const pointer = step(props.pointer, at);
  const fault = useFault(pointer);
  if (entryOf(props.schema) !== 'object') return <Field {...props} pointer={pointer} name="value" />;
  return (
    <>
      {fault && (
        <p className={classes.fault} role="alert">
          {fault}
        </p>
      )}
      <Properties {...props} pointer={pointer} />
    </>
  );
}
