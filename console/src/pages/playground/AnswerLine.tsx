import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { count } from '@/format';
import { Duration } from '@/parts/Duration';
import { Money } from '@/parts/Money';
import type { Answer } from './conversation';
import classes from './playground.module.css';
import { useRecord } from './useRecord';

const ENDS: Record<string, string> = {
  length: 'ended at the limit of tokens',
  content_filter: 'ended by a filter',
};

/** What is known of the call behind an answer: at first from the answer itself, then from the call's record. */
export function AnswerLine({ answer }: { answer: Answer }) {
  const { state, call, finish } = answer;
  const mayRead = useCan('calls:read');
  const record = useRecord(call, state !== 'open');
  const facts = factsOf(answer, record);
  if (state === 'open' && facts.length === 0) return null;
  return (
    <div className={classes.line} role="status">
      {state === 'stopped' && <span>stopped</span>}
      {finish && ENDS[finish] && <span>{ENDS[finish]}</span>}
      {facts.map(([key, fact]) => (
        <Fragment key={key}>{fact}</Fragment>
      ))}
      {call && mayRead && state !== 'open' && !answer.refused && (
        <Link to="/calls/$id" params={{ id: call }} target="_blank">
          the call
        </Link>
      )}
    </div>
  );
}

type Fact = [string, ReactNode];

function factsOf(answer: Answer, record: Schemas['CallRecord'] | undefined): Fact[] {
  const last = record?.attempts?.at(-1);
  const provider = last?.provider ?? answer.provider;
  const [prompt, output] = record ? tokensOf(record.usage) : [answer.prompt, answer.output];
  const cost = record?.cost ?? answer.cost;
  const tries = record?.attempts?.length ?? 0;
  const facts: (Fact | false | undefined)[] = [
    provider !== undefined && [
      'provider',
      <span key="p">{last ? `${provider}/${last.model}` : provider}</span>,
    ],
    tries > 1 && ['tries', <span key="t">{tries} attempts</span>],
    Boolean(prompt || output) && [
      'tokens',
      <span key="k" className={classes.figure}>
        {count(prompt ?? 0)} in, {count(output ?? 0)} out
      </span>,
    ],
    record &&
      record.first_byte > 0 && [
        'first',
        <span key="f">
          first byte <Duration micros={record.first_byte} />
        </span>,
      ],
    record && [
      'total',
      <span key="d">
        total <Duration micros={record.duration} />
      </span>,
    ],
    cost !== undefined && ['cost', <Money key="c" amount={cost} />],
  ];
  return facts.filter((fact) => Array.isArray(fact));
}

const PROMPT = ['input', 'cache_read', 'cache_write', 'cache_write_long', 'input_audio', 'input_image'];
const OUTPUT = ['output', 'reasoning', 'output_audio', 'output_image'];

function tokensOf(usage: Schemas['Usage']): [number, number] {
  const sum = (classNames: string[]) => classNames.reduce((total, name) => total + (usage[name] ?? 0), 0);
  return [sum(PROMPT), sum(OUTPUT)];
}
