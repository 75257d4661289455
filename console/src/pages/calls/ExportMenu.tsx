import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, take } from '@/api/client';
import { problemFrom } from '@/api/problem';
import { collect } from '@/api/queries';
import { count, counted } from '@/format';
import { saveText } from '@/parts/saveText';
import { MOST_EXPORTED, toCsv, toJsonLines } from './exported';
import type { CallFilter } from './filter';

const PAGE = 1_000;
const FORMATS = {
  csv: { label: 'CSV, for a spreadsheet', type: 'text/csv', write: toCsv },
  jsonl: { label: 'JSON lines, for a program', type: 'application/jsonl', write: toJsonLines },
} as const;

/** Saves the calls that the filter lets through as a file. */
export function ExportMenu({ filter }: { filter: CallFilter }) {
  const [loaded, setLoaded] = useState(0);
  const stopped = useRef(false);
  const work = useMutation({
    mutationFn: async (format: keyof typeof FORMATS) => {
      stopped.current = false;
      setLoaded(0);
      const load = (before: string | undefined) =>
        take(api.GET('/api/v1/calls', { params: { query: { ...filter, before, limit: PAGE } } }));
      const { items, cut } = await collect(load, MOST_EXPORTED, (there) => {
        setLoaded(there);
        return !stopped.current;
      });
      if (stopped.current) return;
      const { type, write } = FORMATS[format];
      saveText(
        `calls-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`,
        type,
        write(items),
      );
      notifications.show({
        title: `Saved ${counted(items.length, 'call')}`,
        message: cut
          ? 'These are the newest; there are more. Narrow the time to get the rest.'
          : 'That is all of them.',
      });
    },
    onError: (error) => {
      const { title, detail } = problemFrom(error);
      notifications.show({ color: 'red', title: `Nothing was saved: ${title}`, message: detail });
    },
  });

  if (work.isPending) {
    return (
      <Button
        variant="default"
        size="xs"
        rightSection={<IconX size={13} />}
        onClick={() => {
          stopped.current = true;
        }}
      >
        {count(loaded)} loaded, stop
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconDownload size={14} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>The calls of this list, the newest {count(MOST_EXPORTED)} at most</Menu.Label>
        {Object.entries(FORMATS).map(([format, { label }]) => (
          <Menu.Item key={format} onClick={() => work.mutate(format as keyof typeof FORMATS)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
