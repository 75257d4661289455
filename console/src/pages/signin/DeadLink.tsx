import { Button } from '@mantine/core';
import { Frame } from './Frame';
import classes from './signin.module.css';

/**
 * What stands where a link is not good any more, or never was: how to get another. `signedIn` is who is signed in
 * all the same.
 */
export function DeadLink({ signedIn, onGiveUp }: { signedIn?: string; onGiveUp: () => void }) {
  return (
    <Frame
      title="This link does not work"
      lead="It was used, it has expired, a newer one replaced it, or a part of it is missing."
    >
      <ul className={classes.todo}>
        <li>
          <b>Nobody has come in yet?</b>
          <span>Start Tollgate again; it prints a new link.</span>
        </li>
        <li>
          <b>Somebody invited you?</b>
          <span>Ask an owner for another link.</span>
        </li>
        <li>
          <b>You have lost your password?</b>
          <span>
            An owner, or <code>tollgate person reset NAME</code> where Tollgate runs, makes a new link.
          </span>
        </li>
      </ul>
      <Button fullWidth size="md" variant="default" onClick={onGiveUp}>
        {signedIn ? `Go on as ${signedIn}` : 'Sign in with name and password'}
      </Button>
    </Frame>
  );
}
