import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { createResource, replaceResource } from '@/api/resources';
import type { Outcome } from './Connected';
import { type Stored, secretsOf } from './connected';
import { type Fields, specOf } from './form';
import { forget, usePastedKeys } from './usePastedKeys';

/** The values of the form of a provider, its test and its saving. Any change makes the last test worthless. */
export function useProviderForm(
  start: Fields,
  given: Stored | undefined,
  onDone: (outcome: Outcome) => void,
) {
  const [seen] = useState(given);
  const [fields, setFields] = useState(start);
  const keys = usePastedKeys();
  const queries = useQueryClient();
  const name = fields.name.trim();

  const test = useMutation({
    mutationFn: async () => {
      const spec = specOf(fields, await keys.store(name, fields.credentials));
      return take(api.POST('/api/v1/providers/test', { body: { name, spec } }));
    },
  });

  const good = test.data !== undefined && test.data.items.length > 0 && test.data.items.every(({ ok }) => ok);

  const save = useMutation({
    mutationFn: async () => {
      const spec = specOf(fields, await keys.store(name, fields.credentials));
      const applied = await (seen
        ? replaceResource({ kind: 'Provider', ...seen }, spec)
        : createResource('Provider', name, spec));
      keys.keep();
      return { spec, applied };
    },
    onSuccess: async ({ spec, applied }) => {
      const kept = new Set(secretsOf(spec));
      const gone = seen ? secretsOf(seen.spec).filter((secret) => !kept.has(secret)) : [];
      await Promise.all(gone.map(forget));
      await queries.invalidateQueries({ queryKey: ['config'] });
      await queries.invalidateQueries({ queryKey: ['node'] });
      onDone({ name, spec, good, models: modelsOf(test.data), warnings: applied.warnings });
    },
  });

  return {
    seen,
    fields,
    change: (after: Fields) => {
      setFields(after);
      test.reset();
      save.reset();
    },
    test,
    save,
    /** Whether every credential was tested as the form stands, and found good. */
    good,
    error: save.error ?? test.error,
    busy: test.isPending || save.isPending,
  };
}

function modelsOf(probes: Schemas['Probes'] | undefined): string[] {
  return [...new Set(probes?.items.flatMap(({ models }) => models))];
}
