import { Button, PasswordInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api } from '@/api/client';
import { ProblemError } from '@/api/problem';
import { useSession } from '@/api/session';
import { ErrorState } from '@/parts/ErrorState';
import { faultAt } from '@/parts/faults';
import { NewPassword, TOGGLE } from '@/parts/NewPassword';
import { Panel } from '@/parts/Panel';
import classes from './account.module.css';

/** Replaces my password; everywhere else I am signed out by it. */
export function ChangePassword() {
  const { person } = useSession();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  // The fields are the browser's own; another number makes them anew, empty.
  const [round, setRound] = useState(0);
  const work = useMutation({
    mutationFn: (body: { old: string; new: string }) => api.PUT('/api/v1/session/password', { body }),
    onSuccess: () => {
      setRound(round + 1);
      notifications.show({
        title: 'The password is changed',
        message: 'Everywhere else you are signed out.',
      });
      void queries.invalidateQueries({ queryKey: ['session', 'places'] });
    },
  });
  const told = work.error instanceof ProblemError && work.error.errors.length > 0;
  const send = () => {
    if (!form.current || work.isPending) return;
    const given = new FormData(form.current);
    work.mutate({ old: String(given.get('old')), new: String(given.get('password')) });
  };
  return (
    <Panel title="Password">
      <form
        ref={form}
        key={round}
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <input type="text" name="name" autoComplete="username" value={person.name} readOnly hidden />
        <PasswordInput
          label="Password as it is"
          name="old"
          autoComplete="current-password"
          required
          withAsterisk={false}
          error={faultAt(work.error, '#/old')}
          visibilityToggleButtonProps={TOGGLE}
        />
        <NewPassword label="New password" error={faultAt(work.error, '#/new')} />
        {work.error && !told && <ErrorState error={work.error} compact />}
        <div className={classes.submit}>
          <span className={classes.soft}>Everywhere else you are signed out by it.</span>
          <Button type="submit" loading={work.isPending}>
            Change the password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
