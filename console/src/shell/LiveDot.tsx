import { Tooltip } from '@mantine/core';
import { type LiveState, useLive } from '@/api/live';
import classes from './LiveDot.module.css';

const WORDS: Record<LiveState, [string, string]> = {
  live: ['Live', 'Calls and changes appear as they happen.'],
  reconnecting: ['Reconnecting', 'The connection broke; what is shown may be some seconds old.'],
  off: ['Not live', 'What is shown is as of when it was loaded.'],
};

/** Whether what is shown keeps itself up to date. */
export function LiveDot() {
  const state = useLive();
  const [word, sentence] = WORDS[state];
  return (
    <Tooltip label={sentence}>
      <span className={classes.live} data-state={state} role="status">
        <i className={classes.dot} aria-hidden="true" />
        <span className={classes.word}>{word}</span>
      </span>
    </Tooltip>
  );
}
