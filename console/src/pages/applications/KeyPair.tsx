import { Button, Modal, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { useStatus } from '@/api/queries';
import { useCan } from '@/api/session';
import { CodeBlock } from '@/parts/CodeBlock';
import { CopyId } from '@/parts/CopyId';
import { ErrorState } from '@/parts/ErrorState';
import { Facts } from '@/parts/Facts';
import classes from './applications.module.css';
import { awsSnippet } from './vendors';

/** A key pair, each half to be copied. */
export function PairFacts({ pair }: { pair: Schemas['KeyPair'] }) {
  return (
    <Facts
      facts={[
        ['Access key id', <CopyId key="id" id={pair.access_key_id} />],
        ['Secret access key', <CopyId key="secret" id={pair.secret_access_key} />],
      ]}
    />
  );
}

/** A button that shows a key as a key pair of AWS's form, with code that signs with it. */
export function KeyPair({ name, models }: { name: string; models: string[] }) {
  const mayManage = useCan('keys:manage');
  const status = useStatus();
  const work = useMutation({
    mutationFn: () => take(api.POST('/api/v1/keys/{name}/aws', { params: { path: { name } } })),
    // The answer holds a secret: it must not stay in the memory of the queries.
    gcTime: 0,
  });
  if (!mayManage) return null;
  const gateway = status.data?.gateway ?? 'http://127.0.0.1:8402';
  const model = models.find((each) => !each.endsWith('*')) ?? 'sandbox/echo';
  return (
    <section>
      <h3 className={classes.heading}>For SDKs of AWS</h3>
      <p className={classes.note}>
        They sign with a key pair, which every key has. Requests signed with it are calls with this key.
      </p>
      <Button variant="default" size="xs" loading={work.isPending} onClick={() => work.mutate()}>
        Show the key pair
      </Button>
      {work.error && <ErrorState error={work.error} compact />}
      <Modal
        opened={work.data !== undefined}
        onClose={() => work.reset()}
        title={`Key pair of ${name}`}
        size={640}
      >
        {work.data && (
          <Stack gap={16}>
            <p className={classes.once}>
              <IconAlertTriangle size={17} />
              Whoever has both halves can call with this key. To take the pair back, revoke the key.
            </p>
            <PairFacts pair={work.data} />
            <CodeBlock
              snippets={[{ ...awsSnippet({ gateway, aws: work.data, model }), label: 'Python (boto3)' }]}
              label="Python (boto3)"
            />
          </Stack>
        )}
      </Modal>
    </section>
  );
}
