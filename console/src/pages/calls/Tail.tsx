import { Button, Tooltip } from '@mantine/core';
import { useLive } from '@/api/live';
import { count, counted } from '@/format';
import classes from './calls.module.css';
import { LONGEST_TAIL } from './tail';

/** Turns the live tail on and off. `possible` is false where the time that is looked at is over. */
export function TailButton(props: { on: boolean; possible: boolean; toggle: () => void }) {
  const live = useLive();
  const flows = props.on && live === 'live';
  const why = !props.possible
    ? 'The time that you look at is over: no call can join it.'
    : live !== 'live'
      ? 'The stream of events is not there; calls come when it is back.'
      : props.on
        ? 'Calls come in as they end. Click to hold the list still.'
        : 'The list holds still. Click to let calls come in as they end.';
  return (
    <Tooltip label={why} multiline maw={260}>
      <Button
        variant="default"
        size="xs"
        aria-pressed={props.on}
        // Not `disabled`, so that the reason can be read.
        data-disabled={!props.possible || undefined}
        aria-disabled={!props.possible || undefined}
        onClick={() => props.possible && props.toggle()}
        leftSection={<i className={classes.dot} data-on={flows || undefined} />}
      >
        Live
      </Button>
    </Tooltip>
  );
}

/** What has happened and is not in the list: calls that wait, and calls that came too fast to be told one by one. */
export function News(props: { waiting: number; missed: number; show: () => void; restart: () => void }) {
  const { waiting, missed } = props;
  if (waiting === 0 && missed === 0) return null;
  return (
    <div className={classes.news} role="status">
      {waiting > 0 && (
        <Button variant="light" size="xs" radius="xl" onClick={props.show}>
          {waiting > LONGEST_TAIL ? `More than ${LONGEST_TAIL} new calls` : counted(waiting, 'new call')}
        </Button>
      )}
      {missed > 0 && (
        <>
          {count(missed)} more ended too fast to be shown one by one.
          <Button variant="subtle" size="compact-xs" onClick={props.restart}>
            Load the newest
          </Button>
        </>
      )}
    </div>
  );
}
