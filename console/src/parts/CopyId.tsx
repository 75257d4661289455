import { CopyButton, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './CopyId.module.css';

/** An id or a name that one click copies. Shows `label` where the id is long. */
export function CopyId({ id, label }: { id: string; label?: string }) {
  return (
    <CopyButton value={id} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${id}`}>
          <UnstyledButton className={classes.copy} onClick={copy} aria-label={`Copy ${id}`}>
            <code className={classes.id}>{label ?? id}</code>
            {copied ? <IconCheck size={13} /> : <IconCopy size={13} className={classes.icon} />}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
