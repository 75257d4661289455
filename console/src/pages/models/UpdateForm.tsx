import { FileInput, Input } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '@/api/client';
import { ErrorState } from '@/parts/ErrorState';
import { command, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { Lines } from '@/parts/Loading';
import { useChangeParams } from '@/search';
import { Differences } from './Differences';
import classes from './models.module.css';

/** A file that was chosen: its name, which the history tells, and its text. */
interface Chosen {
  name: string;
  text: string;
}

/** Brings newer models and prices from a file: what would change is shown before it is in force. */
export function UpdateForm() {
  const change = useChangeParams();
  const queries = useQueryClient();
  const [chosen, choose] = useState<Chosen>();
  const close = () => change({ update: undefined });
  const preview = useQuery({
    queryKey: ['session', 'catalog', 'preview', chosen?.name, chosen?.text],
    queryFn: () => (chosen ? send(chosen, true) : Promise.reject(new Error('no file'))),
    enabled: chosen !== undefined,
    gcTime: 0,
    retry: false,
  });
  const work = useMutation({
    mutationFn: async () => chosen && send(chosen, false),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['config'] });
      close();
    },
  });
  const differs = (preview.data?.differences.length ?? 0) > 0;
  const file = chosen?.name ?? 'prices.json';
  return (
    <FormDrawer
      opened
      onClose={close}
      title="Update models and prices"
      lead="It is taken as a whole or not at all. Calls that were made keep what they cost."
      submit="Bring it into force"
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      blocked={
        chosen === undefined
          ? 'Choose a file.'
          : preview.isPending
            ? 'It is being compared.'
            : preview.error
              ? 'It cannot be taken.'
              : differs
                ? undefined
                : 'Nothing would change.'
      }
      equivalents={[
        command('catalog', 'update', '--from', file),
        fileTo(curl('PUT', `/catalog/update?origin=${encodeURIComponent(file)}`), file),
      ]}
    >
      <FileInput
        label="File"
        description="Prices in Tollgate’s own form, or the data that genai-prices publishes; JSON, at most 4 MiB."
        placeholder="Choose a file"
        accept="application/json,.json"
        leftSection={<IconFileUpload size={16} />}
        onChange={async (given) => {
          choose(given ? { name: given.name, text: await given.text() } : undefined);
          work.reset();
        }}
        clearable
      />
      {chosen === undefined && (
        <p className={classes.lead}>
          From an address, the command line does it, since this page talks to nobody but its own gateway:{' '}
          <code>tollgate catalog update --from https://…</code>
        </p>
      )}
      {chosen !== undefined && (
        <Input.Wrapper label="What would change" labelElement="div">
          {preview.isPending && <Lines count={4} />}
          {preview.error && <ErrorState error={preview.error} compact />}
          {preview.data && <Differences differences={preview.data.differences} />}
        </Input.Wrapper>
      )}
    </FormDrawer>
  );
}

/** Sends the text as it is: numbers in it must not go through those of JavaScript. */
function send({ name, text }: Chosen, dry: boolean) {
  return take(
    api.PUT('/api/v1/catalog/update', {
      params: { query: { origin: name, dry_run: dry } },
      body: text as never,
      bodySerializer: () => text,
    }),
  );
}

function fileTo(snippet: { label: string; code: string }, file: string) {
  const lines = ['  -H "Content-Type: application/json"', `  --data-binary @${file}`];
  return { ...snippet, code: [snippet.code, ...lines].join(' \\\n') };
}
