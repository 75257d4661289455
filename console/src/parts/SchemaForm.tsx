import { SegmentedControl, Textarea } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Fault } from '@/api/problem';
import { FormContext } from './schema/context';
import { Properties } from './schema/ObjectField';
import { isObject, type JsonObject, type JsonSchema, plain } from './schema/schema';
import classes from './schema/schema.module.css';

export type { JsonObject, JsonSchema } from './schema/schema';
export { blank } from './schema/schema';

/** What a form for a spec gets; the page owns the value. */
export interface SchemaFormProps {
  /** As `GET /api/v1/schemas/{kind}` gives it. */
  schema: JsonSchema;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  /** The faults of a problem; each is shown at its field. */
  faults?: Fault[];
  /** Where the value lies in what is sent, such as `#/spec`; pointers of faults begin with it. */
  at?: string;
  /** The properties that are shown at once, in this order; the others lie below "More settings". All, where it is left out. */
  first?: string[];
  /** Properties that have no field. */
  hide?: string[];
  /** Leaves out the switch to JSON, where the form is a part of another. */
  formOnly?: boolean;
  /** Names to choose from, by pointer, with `[]` for any place of a list: `{ '/targets/[]/provider': names }`. */
  suggest?: Record<string, string[]>;
  /**
   * Labels in the place of those that the names of properties make, by pointer: `{ '/cache': 'Keep answers' }`. Their
   * order is that of the fields.
   */
  labels?: Record<string, string>;
  /** Pointers at which what the schema says of a property would only say its label again. */
  terse?: string[];
  /** What the fold says that holds what is not shown at once. */
  more?: string;
}

const NONE: string[] = [];

/** A form made from a JSON Schema, with the JSON itself behind a switch. */
export function SchemaForm(props: SchemaFormProps) {
  const {
    schema,
    value,
    onChange,
    faults = [],
    at = '',
    first,
    hide = [],
    suggest = {},
    labels = {},
    terse = NONE,
  } = props;
  const [raw, setRaw] = useState(false);
  const context = useMemo(
    () => ({ root: schema, faults: within(faults, at), suggest, labels, terse }),
    [schema, faults, at, suggest, labels, terse],
  );
  const change = (given: unknown) => onChange(isObject(given) ? given : {});
  const shown = (name: string) => !hide.includes(name);
  const early = (name: string) => shown(name) && (!first || first.includes(name));
  const late = (name: string) => shown(name) && !early(name);
  const names = Object.keys(schema.properties ?? {});
  const lateFault = context.faults.some(({ pointer }) => late((pointer ?? '').split('/')[1] ?? ''));
  const fields = { schema, pointer: '', value, onChange: change };
  return (
    <FormContext value={context}>
      <div className={classes.form}>
        {!props.formOnly && (
          <SegmentedControl
            size="xs"
            className={classes.mode}
            aria-label="How to write it"
            value={raw ? 'json' : 'form'}
            onChange={(mode) => setRaw(mode === 'json')}
            data={[
              { value: 'form', label: 'Form' },
              { value: 'json', label: 'JSON' },
            ]}
          />
        )}
        {raw ? (
          <RawJson value={value} onChange={onChange} />
        ) : (
          <>
            <Properties
              {...fields}
              only={early}
              order={first && ((a, b) => first.indexOf(a) - first.indexOf(b))}
            />
            {names.some(late) && (
              <details
                className={classes.more}
                open={lateFault || names.some((name) => late(name) && name in value)}
              >
                <summary>{props.more ?? 'More settings'}</summary>
                <div className={classes.form}>
                  <Properties {...fields} only={late} />
                </div>
              </details>
            )}
          </>
        )}
      </div>
    </FormContext>
  );
}

/** The faults below a place, with their pointers beginning there. */
function within(faults: Fault[], at: string): Fault[] {
  const start = plain(at);
  return faults
    .filter(({ pointer }) => pointer && (plain(pointer) === start || plain(pointer).startsWith(`${start}/`)))
    .map(({ pointer, detail }) => ({ detail, pointer: plain(pointer ?? '').slice(start.length) }));
}

function RawJson({ value, onChange }: { value: JsonObject; onChange: (value: JsonObject) => void }) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [error, setError] = useState<string>();
  const read = (given: string) => {
    setText(given);
    try {
      const parsed: unknown = JSON.parse(given);
      setError(isObject(parsed) ? undefined : 'An object is wanted: { … }');
      if (isObject(parsed)) onChange(parsed);
    } catch (fault) {
      setError(fault instanceof Error ? fault.message : 'This is not JSON');
    }
  };
  return (
    <Textarea
      className={classes.raw}
      aria-label="The spec as JSON"
      autosize
      minRows={10}
      maxRows={30}
      spellCheck={false}
      value={text}
      error={error}
      onChange={(event) => read(event.currentTarget.value)}
    />
  );
}
