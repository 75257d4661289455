import type { ReactNode } from 'react';
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
export function StatusBadge(props: {
  status: number;
  ending: Ending;
  quiet?: boolean;
  /** Stands for the usual word, such as the reason of a refusal. */
  word?: ReactNode;
}) {
  const { status, ending, quiet } = props;
  const [tone, word] = status >= 500 && ending === 'refused' ? (['bad', 'failed'] as const) : WORDS[ending];
  return (
    <Tag tone={tone} quiet={quiet}>
      {status > 0 && `${status} `}
      {props.word ?? word}
    </Tag>
  );
}
