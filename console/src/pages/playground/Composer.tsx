import { Button, Textarea } from '@mantine/core';
import { IconArrowUp, IconPlayerStopFilled } from '@tabler/icons-react';
import { KeyHint } from '@/parts/KeyHint';
import classes from './playground.module.css';
import type { Playground } from './usePlayground';

/** What is to be said next, and the button that sends it. */
export function Composer({ playground }: { playground: Playground }) {
  const { draft, busy, ready } = playground;
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) playground.send();
      }}
    >
      <Textarea
        aria-label="Message"
        variant="unstyled"
        placeholder="Say something"
        autosize
        minRows={2}
        maxRows={12}
        value={draft}
        onChange={(event) => playground.setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          if (ready && !busy) playground.send();
        }}
      />
      <div className={classes.send}>
        <span className={classes.keys}>
          <KeyHint keys="mod+Enter" /> sends
        </span>
        {draft.trim() && !busy && (
          <Button variant="subtle" color="gray" onClick={playground.add}>
            Add without sending
          </Button>
        )}
        {busy ? (
          <Button
            variant="default"
            leftSection={<IconPlayerStopFilled size={14} />}
            onClick={playground.stop}
            type="button"
          >
            Stop
          </Button>
        ) : (
          <Button type="submit" disabled={!ready} leftSection={<IconArrowUp size={15} />}>
            Send
          </Button>
        )}
      </div>
    </form>
  );
}
