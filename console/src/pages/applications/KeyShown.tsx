import { Button, CopyButton, Group, Modal, Stack } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useStatus } from '@/api/queries';
import { useCallable } from '@/pages/models/queries';
import { ModelSelect } from '@/pages/playground/ModelSelect';
import { CodeBlock } from '@/parts/CodeBlock';
import { allows } from '../budgets/scope';
import classes from './applications.module.css';
import { FirstCall } from './FirstCall';
import { snippets } from './snippets';

/** Where there is no better one: the model that always answers, for free. */
const SANDBOX = 'sandbox/echo';

/** A key that was just made: to be copied now, with code that calls with it, until its first call has come. */
export function KeyShown({ made, onClose }: { made: Schemas['CreatedKey']; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Key ${made.name}`}
      size={680}
      yOffset="6vh"
      // A click beside it or a stray Esc would lose the key.
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap={18}>
        <p className={classes.once}>
          <IconAlertTriangle size={17} />
          This is the only time that the key is shown. Copy it now: only its hash is kept.
        </p>
        <div className={classes.key}>
          <code>{made.key}</code>
          <CopyButton value={made.key} timeout={2500}>
            {({ copied, copy }) => (
              <Button
                onClick={copy}
                leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                data-autofocus
              >
                {copied ? 'Copied' : 'Copy the key'}
              </Button>
            )}
          </CopyButton>
        </div>
        <TryIt made={made} />
        <details className={classes.soft}>
          <summary>As a key pair, for SDKs of AWS that sign</summary>
          <CodeBlock label="Key pair" code={keyPair(made.aws)} />
        </details>
        <FirstCall name={made.name} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** A key pair as a shell and the SDKs of AWS take it. */
function keyPair({ access_key_id, secret_access_key }: Schemas['KeyPair']): string {
  return `AWS_ACCESS_KEY_ID=${access_key_id}\nAWS_SECRET_ACCESS_KEY=${secret_access_key}`;
}

function TryIt({ made }: { made: Schemas['CreatedKey'] }) {
  const status = useStatus();
  const callable = useCallable('', { limit: 60 });
  const [chosen, choose] = useState<string>();
  const named = made.models.find((name) => !name.endsWith('*'));
  const own = callable.data?.items.find(({ name, rule }) => rule && allows(made.models, name));
  const any = callable.data?.items.find(({ name }) => allows(made.models, name));
  const usual = allows(made.models, SANDBOX) ? SANDBOX : (any?.name ?? SANDBOX);
  const model = chosen ?? named ?? own?.name ?? usual;
  const gateway = status.data?.gateway ?? 'http://127.0.0.1:8402';
  return (
    <>
      <ModelSelect
        label="Try it with"
        description={
          allows(made.models, model)
            ? 'The code below asks for this model.'
            : 'The key may not ask for this model.'
        }
        value={model}
        onChange={choose}
      />
      <CodeBlock snippets={snippets({ gateway, key: made.key, model })} />
      {status.data && !status.data.gateway && (
        <p className={classes.soft}>
          This process runs no gateway: put the address of one that does in place of {gateway}.
        </p>
      )}
    </>
  );
}
