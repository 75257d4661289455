import type { Schemas } from '@/api/client';
import { KindForm } from '@/parts/KindForm';
import { providersOf, SANDBOX } from '../providers/connected';

const LABELS = {
  '/hash_by': 'What calls have in common that go to the same target',
  '/fallback_on': 'Another target takes over after',
  '/timeouts': 'Timeouts',
  '/timeouts/attempt_ms': 'Each attempt (ms)',
  '/timeouts/first_token_ms': 'First token of a stream (ms)',
  '/timeouts/total_ms': 'The whole call (ms)',
  '/ejection': 'When a failing target is set back',
  '/ejection/consecutive_failures': 'After so many failures in a row',
  '/ejection/failure_percent': 'Or so many per cent of failures',
  '/ejection/least_calls': 'Of at least so many calls',
  '/ejection/window_s': 'Within (s)',
  '/ejection/for_s': 'For at first (s)',
  '/ejection/most_s': 'For at most (s)',
  '/cache': 'Keep answers',
  '/cache/ttl_s': 'For how long (s)',
  '/cache/most_bytes': 'Largest answer (bytes)',
  '/cache/price_percent': 'Price of a hit (%)',
  '/cache/scope': 'Shared by all calls of the same',
  '/cache/tools': 'Also where tools are offered',
  '/shadow': 'Shadow',
  '/shadow/provider': 'Provider',
  '/shadow/model': 'Its model',
  '/shadow/percent': 'Share of requests (%)',
};

/** What is said well enough by its label. */
const TERSE = [
  '/timeouts',
  '/timeouts/attempt_ms',
  '/timeouts/first_token_ms',
  '/timeouts/total_ms',
  '/ejection',
  '/ejection/consecutive_failures',
  '/ejection/failure_percent',
  '/ejection/least_calls',
  '/ejection/window_s',
  '/ejection/for_s',
  '/ejection/most_s',
  '/cache/ttl_s',
  '/cache/most_bytes',
  '/shadow/provider',
  '/shadow/model',
  '/shadow/percent',
];

/** What a model can say besides strategy and targets, by its schema. */
export function Options(props: {
  value: object;
  hashes: boolean;
  providers: Schemas['Resource'][];
  /** What went wrong when the form was sent. */
  error: unknown;
  onChange: (value: object) => void;
}) {
  const names = [...new Set([...providersOf(props.providers).map(({ name }) => name), SANDBOX])];
  return (
    <KindForm
      kind="Model"
      value={props.value}
      onChange={props.onChange}
      error={props.error}
      at="#/spec"
      first={props.hashes ? ['hash_by'] : []}
      hide={props.hashes ? ['strategy', 'targets'] : ['strategy', 'targets', 'hash_by']}
      suggest={{ '/shadow/provider': names }}
      labels={LABELS}
      terse={TERSE}
      more="Failures, timeouts, cache and shadow"
    />
  );
}
