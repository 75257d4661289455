import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { problemFrom } from '@/api/problem';
import { collect } from '@/api/queries';
import { count, counted } from '@/format';
import { saveText } from '@/parts/saveText';
import { entriesCsv, entryCount } from './csv';
import { loadTransactions } from './queries';

const AT_ONCE = 1000;
const MOST = 200_000;

/** Saves the entries on these accounts, or all of the ledger where none is named, as a CSV file; says how many. */
export function ExportButton({ of }: { of: readonly string[] }) {
  const [loaded, setLoaded] = useState(0);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const work = useMutation({
    mutationFn: async () => {
      let found = 0;
      return collect(async (before) => {
        if (!here.current) return { items: [] };
        const page = await loadTransactions(of, before, AT_ONCE);
        found += page.items.length;
        setLoaded(found);
        return page;
      }, MOST);
    },
    onSuccess: ({ items, cut }) => {
      if (!here.current) return;
      const about = of.join('-').replace(/[^\w.-]+/g, '-') || 'ledger';
      const name = `${about}-${new Date().toISOString().slice(0, 10)}.csv`;
      saveText(name, 'text/csv', entriesCsv(items, of));
      const entries = counted(entryCount(items, of), 'entry', 'entries');
      const told = `${entries} of ${counted(items.length, 'transaction')}${cut ? ', the newest; there are more' : ''}.`;
      notifications.show({ title: `Saved ${name}`, message: told });
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'Nothing was saved', message: problemFrom(error).detail });
    },
    onSettled: () => setLoaded(0),
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} />}
      onClick={() => work.mutate()}
      disabled={work.isPending}
    >
      {work.isPending ? `${count(loaded)} transactions…` : 'Export CSV'}
    </Button>
  );
}
