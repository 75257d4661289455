import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { sessionQuery, useSession } from '@/api/session';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { mayOf } from '@/parts/roles';
import type { Deed } from './PersonMenu';
import { type Invited, makeReset, sendAway, setRole, useReload } from './queries';

/** A deed and whom it is about. */
export interface Chosen {
  name: string;
  deed: Deed;
}

/** Says what a deed means for a person, and does it. */
export function DeedDialog(props: {
  chosen: Chosen;
  opened: boolean;
  onClose: () => void;
  onMade: (made: Invited) => void;
}) {
  const { name, deed } = props.chosen;
  const mine = useSession().person.name === name;
  const queries = useQueryClient();
  const reload = useReload();
  const dialog = { opened: props.opened, onClose: props.onClose };

  if (deed.what === 'reset') {
    return (
      <ConfirmDialog
        {...dialog}
        title={`Make a link for ${name}?`}
        hits="Whoever opens it sets a new password and is signed in. The password as it is works until then; afterwards every other session of theirs ends."
        verb="Make the link"
        danger={false}
        onConfirm={async () => {
          props.onMade(await makeReset(name));
          reload();
        }}
      />
    );
  }
  if (deed.what === 'role') {
    return (
      <ConfirmDialog
        {...dialog}
        title={`Make ${name} ${deed.role}?`}
        hits={
          <>
            {mayOf(deed.role)} It holds at once, also where they are signed in.
            {mine && ' This is you: you cannot take it back yourself.'}
          </>
        }
        verb={`Make ${deed.role}`}
        danger={mine}
        onConfirm={async () => {
          await setRole(name, deed.role);
          notifications.show({ title: `${name} is ${deed.role} now`, message: mayOf(deed.role) });
          if (mine) await queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true });
          reload();
        }}
      />
    );
  }
  return (
    <ConfirmDialog
      {...dialog}
      title={`Send ${name} away?`}
      hits={
        <>
          {mine ? 'This is you. You are' : `${name} is`} signed out everywhere at once and cannot come in
          again. What they changed stays as it is, and the history keeps their name. Keys that they made go on
          working.
        </>
      }
      verb="Send away"
      name={name}
      onConfirm={async () => {
        await sendAway(name);
        notifications.show({ title: `${name} is sent away`, message: 'Their sessions have ended.' });
        reload();
      }}
    />
  );
}
