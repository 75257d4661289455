import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { use } from 'react';
import { FormContext, useFault, useLabel } from './context';
import { type FieldProps, Given } from './Field';
import { Group } from './Group';
import { blank } from './schema';
import classes from './schema.module.css';

/** Something that there may be or not, such as a cache: a button that adds it, then its fields and one that removes it. */
export function OptionalField(props: FieldProps) {
  const { schema, value, onChange } = props;
  const { root } = use(FormContext);
  const label = useLabel(props.pointer, props.name, schema);
  const fault = useFault(props.pointer);
  if (value === undefined || value === null) {
    return (
      <Group {...props} fault={fault}>
        <Button
          variant="default"
          size="xs"
          className={classes.add}
          leftSection={<IconPlus size={13} />}
          aria-label={`Add ${label}`}
          onClick={() => onChange(blank(schema, root))}
        >
          Add
        </Button>
      </Group>
    );
  }
  return (
    <div className={classes.optional}>
      <ActionIcon
        size="sm"
        className={classes.away}
        aria-label={`Remove ${label}`}
        onClick={() => onChange(undefined)}
      >
        <IconX size={14} />
      </ActionIcon>
      <Given {...props} keep />
    </div>
  );
}
