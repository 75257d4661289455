import type { Schemas } from '@/api/client';
import { useReasons } from '@/api/queries';
import { type Dimension, useUsageBy } from '@/api/usage';
import type { Facet } from '@/parts/FilterBar';
import { type CallFilter, sumsOf } from './filter';

/** How a call ended, in words for a filter. */
export const ENDINGS: Record<Schemas['Ending'], string> = {
  completed: 'Completed',
  refused: 'Refused or failed',
  client_gone: 'Caller hung up',
  upstream_cut: 'Cut off by the provider',
  unresolved: 'Unresolved',
};

const MOST = 100;

/** What the list can be filtered by, with how many calls each value has. `wanted` once somebody is about to choose. */
export function useFacets(filter: CallFilter, wanted: boolean): Facet[] {
  const { data: reasons } = useReasons();
  const endings: Record<string, string | undefined> = ENDINGS;
  const asked = { filter, wanted };
  const ending = useValues('ending', asked);
  const reason = useValues('reason', asked);
  return [
    { ...ending, label: 'Outcome', options: named(ending.options, (value) => endings[value]) },
    { ...reason, label: 'Reason', options: named(reason.options, (code) => reasons?.get(code)?.title) },
    { ...useValues('status', asked), label: 'Status' },
    { ...useValues('model', asked), label: 'Model' },
    { ...useValues('provider', asked), label: 'Provider' },
    { ...useValues('team', asked), label: 'Team' },
    { ...useValues('application', asked), label: 'Application' },
    { param: 'key', label: 'Key' },
  ];
}

type Options = NonNullable<Facet['options']>;

/** The values of a dimension. The one that is chosen is among them also where no call has it. */
function useValues(by: Dimension, { filter, wanted }: { filter: CallFilter; wanted: boolean }) {
  const chosen = filter[by];
  const { data } = useUsageBy(by, sumsOf(filter), { limit: MOST, off: !wanted || chosen !== undefined });
  const options: Options = [];
  for (const { value, calls } of data?.items ?? []) {
    if (value) options.push({ value, label: value, count: calls });
  }
  if (chosen !== undefined) options.push({ value: String(chosen), label: String(chosen) });
  return { param: by, options };
}

function named(options: Options, words: (value: string) => string | undefined): Options {
  return options.map((option) => ({ ...option, label: words(option.value) ?? option.label }));
}
