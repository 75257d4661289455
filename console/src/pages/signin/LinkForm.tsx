import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { ProblemError } from '@/api/problem';
import { faultAt } from '@/parts/faults';
import { endWords } from '@/parts/links';
import { NewPassword } from '@/parts/NewPassword';
import { DeadLink } from './DeadLink';
import { Fault, waitWords } from './Fault';
import { Frame } from './Frame';
import classes from './signin.module.css';
import { useEnter } from './useEnter';
import { useWait } from './useWait';

type Invitation = Schemas['Invitation'];

/** Uses a link that is good: a name, where somebody new comes in, and a password. */
export function LinkForm(props: { token: string; invitation: Invitation; onGiveUp: () => void }) {
  const { token, invitation } = props;
  const { person } = invitation;
  const enter = useEnter();
  const work = useMutation({
    mutationFn: (given: { name: string; password: string }) =>
      take(api.POST('/api/v1/invitations/redeem', { body: { token, ...given } })),
    onSuccess: (session) => enter(session, '/'),
  });
  const wait = useWait(work.error);
  const send = (form: HTMLFormElement) => {
    const given = new FormData(form);
    work.mutate({ name: person ?? String(given.get('name')), password: String(given.get('password')) });
  };
  if (isDead(work.error)) return <DeadLink onGiveUp={props.onGiveUp} />;
  return (
    <Frame title={person ? 'Set a new password' : 'Welcome'} lead={<Meaning {...invitation} />}>
      <form
        className={classes.form}
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          if (wait === 0 && !work.isPending) send(event.currentTarget);
        }}
      >
        <TextInput
          label="Name"
          name="name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          defaultValue={person ?? undefined}
          readOnly={Boolean(person)}
          autoFocus={!person}
          description={person ? undefined : 'You sign in with it, and the history names you by it.'}
          error={faultAt(work.error, '#/name')}
        />
        <NewPassword label="Password" autoFocus={Boolean(person)} error={faultAt(work.error, '#/password')} />
        <Fault error={work.error} wait={wait} />
        <Button type="submit" size="md" loading={work.isPending} disabled={wait > 0} className={classes.wait}>
          {wait > 0 ? waitWords(wait) : 'Set password and sign in'}
        </Button>
      </form>
    </Frame>
  );
}

/** Whether an error says that a link is not good for anything, or not any more. */
export function isDead(error: Error | null): boolean {
  return error instanceof ProblemError && [404, 410].includes(error.status);
}

function Meaning({ person, role, made_by, expires }: Invitation) {
  return (
    <>
      {person ? (
        <span>
          This link sets a new password for <strong>{person}</strong>.
        </span>
      ) : (
        <span>
          You come in as <strong>{role}</strong>.
        </span>
      )}
      <p className={classes.made}>
        {originWords(made_by)}. It works once, and ends {endWords(expires)}.
      </p>
    </>
  );
}

function originWords(maker: string): string {
  if (maker === 'start') return 'Tollgate printed this link when it started';
  return maker === 'operator' ? 'The link was made by command' : `The link is from ${maker}`;
}
