import { Autocomplete, Checkbox, JsonInput, NumberInput, Select, TextInput } from '@mantine/core';
import { use } from 'react';
import { parseTyped, write } from '@/money';
import { FormContext, useFault, useSuggestions } from './context';
import { ListField } from './ListField';
import { MapField } from './MapField';
import { ObjectField } from './ObjectField';
import { Prose } from './Prose';
import { entryOf, type JsonSchema, labelOf, resolve } from './schema';
import { VariantField } from './VariantField';

/** What a field of any kind gets: undefined means "not given", and takes the property away. */
export interface FieldProps {
  name: string;
  schema: JsonSchema;
  pointer: string;
  required?: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** One value, entered as its schema asks. */
export function Field(props: FieldProps) {
  const { root } = use(FormContext);
  const schema = resolve(props.schema, root);
  const inner = { ...props, schema };
  switch (entryOf(schema)) {
    case 'list':
      return <ListField {...inner} />;
    case 'object':
      return <ObjectField {...inner} />;
    case 'map':
      return <MapField {...inner} />;
    case 'variants':
      return <VariantField {...inner} />;
    default:
      return <Leaf {...inner} />;
  }
}

/** What all inputs have: label, help, mark, fault. */
export function useWrapper({ name, schema, pointer, required }: FieldProps) {
  const error = useFault(pointer);
  return {
    label: labelOf(name, schema),
    description: schema.description ? <Prose text={schema.description} /> : undefined,
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
  const choices: JsonSchema[] =
    schema.enum?.map((each) => ({ const: each })) ?? schema.oneOf ?? schema.anyOf ?? [];
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
