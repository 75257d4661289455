import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { api, take } from '@/api/client';
import { problemFrom } from '@/api/problem';
import type { JsonObject, JsonSchema } from '@/parts/SchemaForm';

// It is below a fold that few open, and half as heavy as all the rest.
const SchemaForm = lazy(async () => ({ default: (await import('@/parts/SchemaForm')).SchemaForm }));

/** What a model can say besides strategy and targets, by its schema. */
export function Options(props: {
  value: object;
  hashes: boolean;
  /** What went wrong when the form was sent. */
  error: unknown;
  onChange: (value: object) => void;
}) {
  const schema = useQuery({
    queryKey: ['session', 'schema', 'Model'],
    queryFn: () => take(api.GET('/api/v1/schemas/{kind}', { params: { path: { kind: 'Model' } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!schema.data) return null;
  return (
    <Suspense>
      <SchemaForm
        schema={schema.data as JsonSchema}
        value={props.value as JsonObject}
        onChange={props.onChange}
        faults={props.error ? problemFrom(props.error).errors : []}
        at="#/spec"
        first={props.hashes ? ['hash_by'] : []}
        hide={props.hashes ? ['strategy', 'targets'] : ['strategy', 'targets', 'hash_by']}
        formOnly
      />
    </Suspense>
  );
}
