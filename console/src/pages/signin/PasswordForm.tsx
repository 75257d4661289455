import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, take } from '@/api/client';
import { TOGGLE } from '@/parts/NewPassword';
import { useParam } from '@/search';
import { Fault, waitWords } from './Fault';
import { Frame } from './Frame';
import { safeNext } from './next';
import classes from './signin.module.css';
import { useEnter } from './useEnter';
import { useWait } from './useWait';

/** Signs in by name and password. The fields are the browser's, so that password managers can fill them. */
export function PasswordForm() {
  const [next] = useParam('next');
  const enter = useEnter();
  const password = useRef<HTMLInputElement>(null);
  const work = useMutation({
    mutationFn: (body: { name: string; password: string }) => take(api.POST('/api/v1/session', { body })),
    onSuccess: (session) => enter(session, safeNext(next)),
    onError: () => password.current?.select(),
  });
  const wait = useWait(work.error);
  const send = (form: HTMLFormElement) => {
    const given = new FormData(form);
    work.mutate({ name: String(given.get('name')), password: String(given.get('password')) });
  };
  return (
    <Frame
      title="Sign in"
      foot={
        <>
          Password lost? An owner, or <code>tollgate person reset NAME</code> where Tollgate runs, makes a
          link for a new one.
        </>
      }
    >
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
          autoFocus
        />
        <PasswordInput
          ref={password}
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={TOGGLE}
        />
        <Fault error={work.error} wait={wait} />
        <Button type="submit" size="md" loading={work.isPending} disabled={wait > 0} className={classes.wait}>
          {wait > 0 ? waitWords(wait) : 'Sign in'}
        </Button>
      </form>
    </Frame>
  );
}
