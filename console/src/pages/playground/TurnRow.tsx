import { ActionIcon, Textarea, Tooltip } from '@mantine/core';
import { IconArrowsExchange, IconRefresh, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { AnswerLine } from './AnswerLine';
import type { Step, Turn } from './conversation';
import classes from './playground.module.css';
import { RefusalNote } from './RefusalNote';

const NAMES = { user: 'User', assistant: 'Assistant' };

/** One turn: who speaks, what is said, and for an answer what is known of its call. */
export function TurnRow(props: {
  turn: Turn;
  /** Counted from one. */
  place: number;
  step: (step: Step) => void;
  /** Has this answer given anew, where it is the last. */
  again?: () => void;
}) {
  const { turn, place, step, again } = props;
  const { id, role, text, answer } = turn;
  const name = `turn ${place}, ${NAMES[role].toLowerCase()}`;
  const open = answer?.state === 'open';
  return (
    <li className={classes.turn} data-role={role}>
      <div className={classes.role}>{NAMES[role]}</div>
      <div className={classes.said}>
        {answer && answer.thoughts !== '' && <Thoughts text={answer.thoughts} />}
        {open ? (
          <div className={classes.growing} aria-busy="true" data-waiting={text === '' || undefined}>
            {text}
          </div>
        ) : (
          (text !== '' || !answer) && (
            <Textarea
              aria-label={`Text of ${name}`}
              variant="unstyled"
              autosize
              minRows={1}
              value={text}
              onChange={(event) => step({ do: 'edit', id, text: event.currentTarget.value })}
            />
          )
        )}
        {answer?.tools.map((tool) => (
          <div key={tool.name + tool.arguments} className={classes.tool}>
            <span>calls the tool</span>{' '}
            <code>
              {tool.name}({tool.arguments})
            </code>
          </div>
        ))}
        {answer?.refused && <RefusalNote refused={answer.refused} call={answer.call} />}
        {answer && <AnswerLine answer={answer} />}
      </div>
      <div className={classes.deeds}>
        {again && answer && (
          <Deed label={answer.state === 'refused' ? 'Send again' : 'Answer again'} act={again}>
            <IconRefresh size={15} />
          </Deed>
        )}
        {!answer && (
          <Deed
            label={`Make ${name} one of the ${role === 'user' ? 'assistant' : 'user'}`}
            act={() => step({ do: 'swap', id })}
          >
            <IconArrowsExchange size={15} />
          </Deed>
        )}
        {!open && (
          <Deed label={`Remove ${name}`} act={() => step({ do: 'remove', id })}>
            <IconX size={15} />
          </Deed>
        )}
      </div>
    </li>
  );
}

function Deed({ label, act, children }: { label: string; act: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} onClick={act}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Thoughts({ text }: { text: string }) {
  return (
    <details className={classes.thoughts}>
      <summary>Reasoning</summary>
      <div>{text}</div>
    </details>
  );
}
