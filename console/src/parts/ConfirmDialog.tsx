import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ErrorState } from './ErrorState';

/**
 * Asks before something that cannot be taken back. `hits` says what it hits ("12 keys of 3 teams stop working");
 * with `name`, the name has to be typed. Closes when `onConfirm` has done its work; shows what it threw.
 */
export function ConfirmDialog(props: {
  opened: boolean;
  onClose: () => void;
  /** The question: "Revoke web-1?" */
  title: string;
  hits: ReactNode;
  /** What the button says: "Revoke the key". */
  verb: string;
  name?: string;
  /** Off for what does no harm. */
  danger?: boolean;
  /** It cannot be done yet, and `hits` says what has to be done first: there is nothing to confirm. */
  blocked?: boolean;
  /** For what has much to show. */
  wide?: boolean;
  onConfirm: () => Promise<unknown>;
}) {
  const [typed, type] = useState('');
  const close = () => {
    type('');
    work.reset();
    props.onClose();
  };
  const work = useMutation({ mutationFn: props.onConfirm, onSuccess: close });
  const ready = props.name === undefined || typed.trim() === props.name;
  return (
    <Modal opened={props.opened} onClose={close} title={props.title} size={props.wide ? 640 : undefined}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !props.blocked) work.mutate();
        }}
      >
        <Stack>
          <div>{props.hits}</div>
          {props.name !== undefined && (
            <TextInput
              label={
                <>
                  Type <code>{props.name}</code> to go on
                </>
              }
              value={typed}
              onChange={(event) => type(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          {work.error && <ErrorState error={work.error} compact />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {props.blocked ? 'Close' : 'Cancel'}
            </Button>
            {!props.blocked && (
              <Button
                type="submit"
                color={props.danger === false ? undefined : 'red'}
                disabled={!ready}
                loading={work.isPending}
              >
                {props.verb}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
