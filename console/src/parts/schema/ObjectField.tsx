import { use } from 'react';
import { FormContext, plainPlace, useFault } from './context';
import { Field, type FieldProps } from './Field';
import { Group } from './Group';
import { isObject, type JsonObject, type JsonSchema, step } from './schema';

/** An object as a group of fields with a heading. */
export function ObjectField(props: FieldProps) {
  return (
    <Group {...props} fault={useFault(props.pointer)}>
      <Properties
        {...props}
        onChange={(given) => props.onChange(kept(given, props.required || props.keep))}
      />
    </Group>
  );
}

/** An object of which nothing is left is not given, unless there has to be one. */
function kept(given: unknown, required: boolean | undefined): unknown {
  return !required && isObject(given) && Object.keys(given).length === 0 ? undefined : given;
}

/**
 * The fields of an object's properties, or of the `only` ones: those that have a label of the page's in the order of
 * those, then what is required, names first of all.
 */
export function Properties(props: {
  schema: JsonSchema;
  pointer: string;
  value: unknown;
  onChange: (value: unknown) => void;
  only?: (name: string) => boolean;
  order?: (a: string, b: string) => number;
}) {
  const value: JsonObject = isObject(props.value) ? props.value : {};
  const required = new Set(props.schema.required);
  const names = Object.keys(props.schema.properties ?? {}).filter(props.only ?? (() => true));
  const rank = (name: string) => (name === 'name' ? 0 : required.has(name) ? 1 : 2);
  const labels = Object.keys(use(FormContext).labels);
  const place = (name: string) => {
    const at = labels.indexOf(plainPlace(step(props.pointer, name)));
    return at < 0 ? labels.length : at;
  };
  names.sort(props.order ?? ((a, b) => place(a) - place(b) || rank(a) - rank(b)));
  const change = (name: string, given: unknown) => {
    const { [name]: _, ...others } = value;
    props.onChange(given === undefined ? others : { ...value, [name]: given });
  };
  return names.map((name) => (
    <Field
      key={name}
      name={name}
      schema={props.schema.properties?.[name] ?? {}}
      pointer={step(props.pointer, name)}
      required={required.has(name)}
      value={value[name]}
      onChange={(given) => change(name, given)}
    />
  ));
}
