import { Autocomplete, Checkbox, JsonInput, NumberInput, Select, TextInput } from '@mantine/core';
import { use } from 'react';
import { parseTyped, write } from '@/money';
import { FormContext, useFault, useHelp, useLabel, useSuggestions } from './context';
import { ListField } from './ListField';
import { MapField } from './MapField';
import { ObjectField } from './ObjectField';
import { OptionalField } from './OptionalField';
import { Prose } from './Prose';
import { choicesOf, entryOf, isOptional, type JsonSchema, resolve } from './schema';
import classes from './schema.module.css';
import { VariantField } from './VariantField';

/** What a field of any kind gets: undefined means "not given", and takes the property away. */
export interface FieldProps {
  name: string;
  schema: JsonSchema;
  pointer: string;
  required?: boolean;
  /** Whether it is there even when nothing is in it. */
  keep?: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** One value, entered as its schema asks. */
export function Field(props: FieldProps) {
  const { root } = use(FormContext);
  const schema = resolve(props.schema, root);
  const inner = { ...props, schema };
  const entry = entryOf(schema);
  const whole = entry === 'object' || entry === 'variants';
  if (whole && !props.required && isOptional(props.schema)) return <OptionalField {...inner} />;
  return <Given {...inner} />;
}

/** A value of a resolved schema. */
export function Given(props: FieldProps) {
  const { schema } = props;
  switch (entryOf(schema)) {
    case 'list':
      return <ListField {...props} />;
    case 'object':
      return <ObjectField {...props} />;
    case 'map':
      return <MapField {...props} />;
    case 'variants':
      return <VariantField {...props} />;
    default:
      return <Leaf {...props} />;
  }
}

/** What all inputs have: label, help, mark, fault. */
export function useWrapper({ name, schema, pointer, required }: FieldProps) {
  const error = useFault(pointer);
  const help = useHelp(pointer, schema);
  return {
    label: useLabel(pointer, name, schema),
    description: help ? <Prose text={help} /> : undefined,
    required,
    error,
  };
}

function Leaf(props: FieldProps) {
  const { schema, value, onChange, pointer } = props;
  const wrapper = useWrapper(props);
  const suggestions = useSuggestions(pointer);
  const text = typeof value === 'string' ? value : '';
  const give = (given: string) => onChange(given === '' && !props.required ? undefined : given);
  const fallback = schema.default === undefined || schema.default === '' ? undefined : String(schema.default);

  switch (entryOf(schema)) {
    case 'boolean':
      return (
        <Checkbox
          label={wrapper.label}
          description={wrapper.description}
          error={wrapper.error}
          checked={Boolean(value ?? schema.default)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...wrapper}
          className={classes.number}
          value={typeof value === 'number' ? value : ''}
          placeholder={fallback}
          min={schema.minimum}
          max={schema.maximum}
          allowDecimal={schema.type !== 'integer'}
          onChange={(given) => onChange(typeof given === 'number' ? given : undefined)}
        />
      );
    case 'choice':
      return <ChoiceLeaf {...props} wrapper={wrapper} fallback={fallback} />;
    case 'money':
      return (
        <TextInput
          {...wrapper}
          value={text}
          leftSection="$"
          inputMode="decimal"
          onChange={(event) => give(event.currentTarget.value)}
          onBlur={() => {
            const nanos = parseTyped(text);
            if (nanos !== undefined && write(nanos) !== text) onChange(write(nanos));
          }}
        />
      );
    case 'json':
      return <JsonLeaf {...props} wrapper={wrapper} />;
    default:
      return suggestions ? (
        <Autocomplete {...wrapper} value={text} data={suggestions} limit={50} onChange={give} />
      ) : (
        <TextInput
          {...wrapper}
          value={text}
          placeholder={fallback}
          onChange={(event) => give(event.currentTarget.value)}
        />
      );
  }
}

type Wrapped = FieldProps & { wrapper: ReturnType<typeof useWrapper> };

function ChoiceLeaf({
  schema,
  value,
  onChange,
  required,
  wrapper,
  fallback,
}: Wrapped & { fallback?: string }) {
  const choices = choicesOf(schema);
  const chosen = choices.find((choice) => choice.const === (value ?? schema.default));
  return (
    <Select
      {...wrapper}
      description={
        <>
          {wrapper.description}
          {chosen?.description && (
            <>
              {' '}
              <Prose text={chosen.description} />
            </>
          )}
        </>
      }
      data={choices.map((choice) => String(choice.const))}
      value={value === undefined || value === '' ? (fallback ?? null) : String(value)}
      clearable={!required && fallback === undefined}
      onChange={(given) => onChange(choices.find((choice) => String(choice.const) === given)?.const)}
    />
  );
}

function JsonLeaf({ value, onChange, wrapper }: Wrapped) {
  return (
    <JsonInput
      {...wrapper}
      autosize
      minRows={2}
      formatOnBlur
      validationError="This is not JSON"
      defaultValue={value === undefined ? '' : JSON.stringify(value, null, 2)}
      onChange={(text) => {
        try {
          onChange(text.trim() === '' ? undefined : JSON.parse(text));
        } catch {
          // While it is being typed it is no JSON; the field says so when it is left.
        }
      }}
    />
  );
}
