import type { Schemas } from '@/api/client';
import { Tag, type Tone } from './Tag';

type Ending = Schemas['Ending'];

const WORDS: Record<Ending, [Tone, string]> = {
  completed: ['ok', 'ok'],
  refused: ['warn', 'refused'],
  client_gone: ['neutral', 'caller gone'],
  upstream_cut: ['bad', 'cut off'],
  unresolved: ['warn', 'unresolved'],
};

/** How a call ended, by its ending and the status of its answer: what the gateway refused is no failure. */
export function StatusBadge({ status, ending, quiet }: { status: number; ending: Ending; quiet?: boolean }) {
  const [tone, word] = status >= 500 && ending === 'refused' ? (['bad', 'failed'] as const) : WORDS[ending];
  return (
    <Tag tone={tone} quiet={quiet}>
      {status > 0 && `${status} `}
      {word}
    </Tag>
  );
}
