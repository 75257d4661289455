import { Select } from '@mantine/core';
import { use } from 'react';
import { FormContext, useFault } from './context';
import type { FieldProps } from './Field';
import { Group } from './Group';
import { Properties } from './ObjectField';
import { Prose } from './Prose';
import { blank, isObject, type JsonSchema, labelOf, resolve } from './schema';
import classes from './schema.module.css';

/** One of several forms, such as a secret from the environment, a file or the store: which, then its fields. */
export function VariantField(props: FieldProps) {
  const { root } = use(FormContext);
  const fault = useFault(props.pointer);
  const variants = (props.schema.oneOf ?? props.schema.anyOf ?? []).map((variant) => resolve(variant, root));
  const at = variants.findIndex((variant) => fits(variant, props.value));
  const chosen = variants[at];
  const choose = (given: string | null) => {
    const variant = variants[Number(given)];
    if (given === null) props.onChange(undefined);
    else if (variant) props.onChange(blank(variant, root));
  };
  return (
    <Group {...props} fault={fault}>
      <Select
        aria-label={labelOf(props.name, props.schema)}
        data={variants.map((variant, index) => ({ value: String(index), label: nameOf(variant) }))}
        value={at < 0 ? null : String(at)}
        clearable={!props.required && !props.keep}
        onChange={choose}
      />
      {chosen?.description && (
        <p className={classes.help}>
          <Prose text={chosen.description} />
        </p>
      )}
      {chosen?.properties && (
        <Properties schema={chosen} pointer={props.pointer} value={props.value} onChange={props.onChange} />
      )}
    </Group>
  );
}

function fits(variant: JsonSchema, value: unknown): boolean {
  if (variant.const !== undefined) return variant.const === value;
  return isObject(value) && (variant.required ?? []).every((name) => name in value);
}

function nameOf(variant: JsonSchema): string {
  if (variant.const !== undefined) return labelOf(String(variant.const), {});
  return (variant.required ?? Object.keys(variant.properties ?? {}))
    .map((name) => labelOf(name, {}))
    .join(', ');
}
