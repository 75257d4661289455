import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { use } from 'react';
import { FormContext, useFault } from './context';
import { Field, type FieldProps } from './Field';
import { Group } from './Group';
import { blank, isObject, type JsonObject, labelOf, step } from './schema';
import classes from './schema.module.css';

/** Names that one makes up, each with a value: headers, prices by model. */
export function MapField(props: FieldProps) {
  const { root } = use(FormContext);
  const fault = useFault(props.pointer);
  const schema = isObject(props.schema.additionalProperties) ? props.schema.additionalProperties : {};
  const value: JsonObject = isObject(props.value) ? props.value : {};
  const entries = Object.entries(value);
  const one = labelOf(props.name, {}).replace(/s$/, '').toLowerCase();
  const give = (changed: [string, unknown][]) =>
    props.onChange(changed.length === 0 && !props.required ? undefined : Object.fromEntries(changed));
  return (
    <Group {...props} fault={fault}>
      {entries.map(([name, each], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name changes while it is typed
        <div key={at} className={classes.card}>
          <div className={classes.entry}>
            <TextInput
              aria-label={`Name of ${one} ${at + 1}`}
              placeholder="Name"
              value={name}
              onChange={(event) => {
                const renamed = event.currentTarget.value;
                if (renamed === name || !(renamed in value)) give(entries.with(at, [renamed, each]));
              }}
            />
            <ActionIcon onClick={() => give(entries.toSpliced(at, 1))} aria-label={`Remove ${one} ${name}`}>
              <IconX size={14} />
            </ActionIcon>
          </div>
          <Field
            name="value"
            schema={schema}
            pointer={step(props.pointer, name)}
            required
            value={each}
            onChange={(given) => give(entries.with(at, [name, given]))}
          />
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        className={classes.add}
        leftSection={<IconPlus size={13} />}
        disabled={'' in value}
        onClick={() => give([...entries, ['', blank(schema, root)]])}
      >
        Add {one}
      </Button>
    </Group>
  );
}
