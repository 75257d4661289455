import { Textarea } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Composer } from './Composer';
import classes from './playground.module.css';
import { TurnRow } from './TurnRow';
import type { Playground } from './usePlayground';

/** How far from the end of the page somebody may be and still be taken along while an answer grows. */
const NEAR_END = 160;

/** The system prompt, the turns, and what is to be said next. */
export function Conversation({ playground }: { playground: Playground }) {
  const { turns, system, busy, step } = playground;
  const end = useFollowed(turns);
  return (
    <section className={classes.conversation} aria-label="Conversation">
      <div className={classes.system}>
        <Textarea
          label="System prompt"
          variant="unstyled"
          placeholder="How the model should behave. Not sent where it is empty."
          autosize
          minRows={1}
          maxRows={12}
          value={system}
          onChange={(event) => playground.setSystem(event.currentTarget.value)}
        />
      </div>
      <ol className={classes.turns} aria-label="Turns">
        {turns.map((turn, index) => (
          <TurnRow
            key={turn.id}
            turn={turn}
            place={index + 1}
            step={step}
            again={index === turns.length - 1 && !busy ? playground.again : undefined}
          />
        ))}
      </ol>
      {turns.length === 0 && <Hint playground={playground} />}
      <div ref={end} />
      <Composer playground={playground} />
    </section>
  );
}

/** Keeps the end of the conversation in sight while it grows, as long as whoever reads is there. */
function useFollowed(turns: unknown) {
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the turns may have moved the end
  useEffect(() => {
    const page = document.documentElement;
    const below = page.scrollHeight - page.scrollTop - page.clientHeight;
    if (below > 0 && below < NEAR_END) page.scrollTop = page.scrollHeight;
  }, [turns]);
  return end;
}

const SCRIPTS = ['sandbox/echo', 'sandbox/slow', 'sandbox/tool', 'sandbox/fail-429'];

function Hint({ playground }: { playground: Playground }) {
  const other = SCRIPTS.filter((name) => name !== playground.model);
  return (
    <div className={classes.hint}>
      <p>The answer appears here as it is written, and below it who gave it, how fast, and what it cost.</p>
      {playground.model.startsWith('sandbox/') && (
        <p>
          The sandbox needs no account. See also{' '}
          {other.map((name, index) => (
            <span key={name}>
              {index > 0 && (index === other.length - 1 ? ' and ' : ', ')}
              <button type="button" className={classes.word} onClick={() => playground.setModel(name)}>
                {name}
              </button>
            </span>
          ))}
          .
        </p>
      )}
    </div>
  );
}
