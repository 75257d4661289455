import { Button, CopyButton, Modal, Stack } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { endWords } from '@/parts/links';
import classes from './members.module.css';
import type { Invited } from './queries';

/** A one-time link, shown this once. It is in the memory of this page only, and gone when the dialog closes. */
export function LinkDialog(props: {
  made: Invited | undefined;
  onClose: () => void;
  /** What had the focus before is gone by then: this gets it. */
  onClosed: () => void;
}) {
  const { made, onClose } = props;
  return (
    <Modal
      opened={made !== undefined}
      onClose={onClose}
      onExitTransitionEnd={props.onClosed}
      returnFocus={false}
      title={made?.person ? `A new password for ${made.person}` : 'The invitation is made'}
      size={560}
      closeOnClickOutside={false}
    >
      {made && <Shown {...made} />}
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
      </div>
    </Modal>
  );
}

function Shown({ link, person, role, expires }: Invited) {
  const address = window.location.origin + link;
  return (
    <Stack gap="sm">
      <div>
        Send this link to {person ?? 'whoever shall come in'}.{' '}
        {person ? 'By it they set a new password.' : `Whoever opens it first comes in as ${role}.`}
      </div>
      <div className={classes.link}>
        <code className={classes.address} data-testid="link">
          {address}
        </code>
        <CopyButton value={address} timeout={2000}>
          {({ copied, copy }) => (
            <Button
              data-autofocus
              size="xs"
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy the link'}
            </Button>
          )}
        </CopyButton>
      </div>
      <div className={classes.soft}>
        It works once, and ends {endWords(expires)}. It is shown now and never again; where it is lost, make
        another.
      </div>
    </Stack>
  );
}
