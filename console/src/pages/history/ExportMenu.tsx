import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { problemFrom } from '@/api/problem';
import { counted } from '@/format';
import { saveText } from '@/parts/saveText';
import { toYaml } from './yaml';

type Document = Schemas['Document'];

const FORMATS = {
  yaml: { label: 'YAML', type: 'application/yaml', write: asYaml },
  json: { label: 'JSON', type: 'application/json', write: asJson },
} as const;

type Format = keyof typeof FORMATS;

/** Saves the configuration as it is now, as a file that `tollgate apply` takes. */
export function ExportMenu() {
  const work = useMutation({
    mutationFn: async (format: Format) => {
      const { documents } = await take(api.GET('/api/v1/export'));
      const { type, write } = FORMATS[format];
      const name = `tollgate-${new Date().toISOString().slice(0, 10)}.${format}`;
      saveText(name, type, write(documents));
      notifications.show({ title: `Saved ${name}`, message: `${counted(documents.length, 'resource')}.` });
    },
    onError: (error) => {
      const { title, detail } = problemFrom(error);
      notifications.show({ color: 'red', title: `Nothing was saved: ${title}`, message: detail });
    },
  });
  return (
    <Menu position="bottom-end" width={270}>
      <Menu.Target>
        <Button variant="default" loading={work.isPending} leftSection={<IconDownload size={15} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Every resource as it is now, for <code>tollgate apply</code>. Secrets are not part of it; of keys
          only the hashes are.
        </Menu.Label>
        {Object.entries(FORMATS).map(([format, { label }]) => (
          <Menu.Item key={format} onClick={() => work.mutate(format as Format)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function asYaml(documents: Document[]): string {
  const texts = documents.map(({ kind, name, spec }) => `${toYaml({ kind, name, spec }).join('\n')}\n`);
  return texts.join('---\n');
}

function asJson(documents: Document[]): string {
  return `${JSON.stringify(documents, null, 2)}\n`;
}
