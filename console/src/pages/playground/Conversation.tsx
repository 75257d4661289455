import { Textarea } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Composer } from './Composer';
import classes from './playground.module.css';
import { TurnRow } from './TurnRow';
import type { Playground } from './usePlayground';

/** How far from the end, in pixels, somebody may be and still be taken along while an answer grows. */
const NEAR_END = 160;

/** The system prompt, the turns, and what is to be said next. */
export function Conversation({ playground }: { playground: Playground }) {
  const { turns, system, busy, step } = playground;
  const section = useFollowing(turns.length);
  return (
    <section ref={section} className={classes.conversation} aria-label="Conversation">
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
      <Composer playground={playground} />
    </section>
  );
}

/**
 * Keeps the end of the conversation in sight while it grows, as long as whoever reads is there, and goes there
 * when a turn is added. Before anything is said, what is to be read is the head of the page.
 */
function useFollowing(turns: number) {
  const section = useRef<HTMLElement>(null);
  const near = useRef(false);

  useEffect(() => {
    near.current = turns > 0;
    if (turns > 0) reach(section.current);
  }, [turns]);

  useEffect(() => {
    const look = () => {
      near.current = below(section.current) < NEAR_END;
    };
    const grown = new ResizeObserver(() => {
      if (near.current) reach(section.current);
    });
    window.addEventListener('scroll', look, { passive: true });
    if (section.current) grown.observe(section.current);
    return () => {
      window.removeEventListener('scroll', look);
      grown.disconnect();
    };
  }, []);

  return section;
}

/** How many pixels of an element are below the window. */
function below(element: HTMLElement | null): number {
  return (element?.getBoundingClientRect().bottom ?? 0) - window.innerHeight;
}

/** Scrolls down, where that is needed, until the end of an element is in sight. */
function reach(element: HTMLElement | null): void {
  window.scrollBy({ top: Math.max(below(element), 0) });
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
