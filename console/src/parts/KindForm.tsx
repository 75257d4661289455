import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { problemFrom } from '@/api/problem';
import type { JsonObject, JsonSchema, SchemaFormProps } from './SchemaForm';

// It stands below folds that few open, and is half as heavy as the pages that have them.
const SchemaForm = lazy(async () => ({ default: (await import('./SchemaForm')).SchemaForm }));

/**
 * The fields of a kind's spec that a page has no fields of its own for, by the schema that the API gives; `part`
 * names a definition within it, such as `TargetSpec`.
 */
export function KindForm(
  props: Omit<SchemaFormProps, 'schema' | 'value' | 'onChange' | 'faults' | 'formOnly'> & {
    kind: Schemas['Kind'];
    part?: string;
    value: object;
    onChange: (value: JsonObject) => void;
    /** What went wrong when the form was sent. */
    error: unknown;
  },
) {
  const { kind, part, value, error, ...others } = props;
  const whole = useQuery({
    queryKey: ['session', 'schema', kind],
    queryFn: () => take(api.GET('/api/v1/schemas/{kind}', { params: { path: { kind } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const schema = useMemo(() => partOf(whole.data as JsonSchema | undefined, part), [whole.data, part]);
  const faults = useMemo(() => (error ? problemFrom(error).errors : []), [error]);
  if (!schema) return null;
  return (
    <Suspense>
      <SchemaForm {...others} schema={schema} value={value as JsonObject} faults={faults} formOnly />
    </Suspense>
  );
}

/** The schema of a part with the definitions of the whole. */
function partOf(schema: JsonSchema | undefined, part: string | undefined): JsonSchema | undefined {
  if (!schema || !part) return schema;
  const found = schema.$defs?.[part];
  return found && { ...found, $defs: schema.$defs };
}
