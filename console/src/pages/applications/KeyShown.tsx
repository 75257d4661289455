import { Button, CopyButton, Group, Modal, Select, Stack } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useStatus } from '@/api/queries';
import { useCallable } from '@/pages/models/queries';
import { ModelSelect } from '@/pages/playground/ModelSelect';
import { CodeBlock } from '@/parts/CodeBlock';
import { listed } from '@/parts/listed';
import { allows } from '../budgets/scope';
import classes from './applications.module.css';
import { FirstCall } from './FirstCall';
import { PairFacts } from './KeyPair';
import { PURPOSES, type Purpose } from './purposes';
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
        <details className={classes.fold}>
          <summary>The same key as a key pair, for SDKs of AWS</summary>
          <PairFacts pair={made.aws} />
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

function TryIt({ made }: { made: Schemas['CreatedKey'] }) {
  const status = useStatus();
  const callable = useCallable('', { limit: 60 });
  const [chosen, choose] = useState<string>();
  const [purpose, setPurpose] = useState<Purpose>('chat');
  const named = made.models.find((name) => !name.endsWith('*'));
  const own = callable.data?.items.find(({ name, rule }) => rule && allows(made.models, name));
  const any = callable.data?.items.find(({ name }) => allows(made.models, name));
  const usual = allows(made.models, SANDBOX) ? SANDBOX : (any?.name ?? SANDBOX);
  const suited = purpose === 'chat' ? usual : sandboxFor(purpose);
  const model = chosen ?? named ?? (purpose === 'chat' ? own?.name : undefined) ?? suited;
  const gateway = status.data?.gateway ?? 'http://127.0.0.1:8402';
  return (
    <>
      <div className={classes.tryWith}>
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
        <Select
          {...listed}
          label="For"
          description="What the code does"
          data={PURPOSES.map(({ value, label }) => ({ value, label }))}
          allowDeselect={false}
          value={purpose}
          onChange={(value) => {
            setPurpose(PURPOSES.find((each) => each.value === value)?.value ?? 'chat');
            // What the sandbox has for one purpose does nothing for another.
            if (chosen?.startsWith('sandbox/')) choose(undefined);
          }}
        />
      </div>
      <CodeBlock
        key={purpose}
        snippets={snippets({ gateway, key: made.key, model, aws: made.aws }, purpose)}
      />
      {status.data && !status.data.gateway && (
        <p className={classes.soft}>
          This process runs no gateway: put the address of one that does in place of {gateway}.
        </p>
      )}
    </>
  );
}

/** The sandbox's model for a purpose. */
function sandboxFor(purpose: Purpose): string {
  return PURPOSES.find(({ value }) => value === purpose)?.sandbox ?? SANDBOX;
}
