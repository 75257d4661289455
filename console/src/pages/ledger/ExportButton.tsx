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

/** Saves the entries of the ledger, or those of one account, as a CSV file; says how many there are. */
export function ExportButton({ account }: { account?: string }) {
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
        const page = await loadTransactions(account, before, AT_ONCE);
        found += page.items.length;
        setLoaded(found);
        return page;
      }, MOST);
    },
    onSuccess: ({ items, cut }) => {
      if (!here.current) return;
      const name = `${account ? account.replace(/[^\w.-]+/g, '-') : 'ledger'}-${new Date().toISOString().slice(0, 10)}.csv`;
      saveText(name, 'text/csv', entriesCsv(items, account));
      const entries = counted(entryCount(items, account), 'entry', 'entries');
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
