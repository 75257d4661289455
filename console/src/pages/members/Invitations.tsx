import { Button } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { type Column, DataTable } from '@/parts/DataTable';
import { makerWords } from '@/parts/links';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import classes from './members.module.css';
import { type Invitation, revoke, useInvitations, useReload } from './queries';

/** The links that were made and not used yet. */
export function Invitations({ manage }: { manage: boolean }) {
  const { data, error, refetch } = useInvitations(true);
  const [asked, ask] = useState<Invitation>();
  const [opened, setOpened] = useState(false);
  const reload = useReload();
  const columns: Column<Invitation>[] = [
    {
      key: 'for',
      title: 'For',
      wrap: true,
      cell: (row) => <strong className={classes.for}>{purposeWords(row)}</strong>,
    },
    {
      key: 'made_by',
      title: 'Made by',
      width: '18%',
      from: 'sm',
      cell: ({ made_by }) => makerWords(made_by),
    },
    { key: 'created', title: 'Made', width: '16%', from: 'md', cell: ({ created }) => <When at={created} /> },
    { key: 'expires', title: 'Ends', width: '16%', cell: ({ expires }) => <When at={expires} /> },
  ];
  if (manage) {
    columns.push({
      key: 'revoke',
      title: <span className={classes.spoken}>Revoke</span>,
      align: 'right',
      width: 96,
      cell: (row) => (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={`Revoke the link: ${purposeWords(row)}`}
          onClick={() => {
            ask(row);
            setOpened(true);
          }}
        >
          Revoke
        </Button>
      ),
    });
  }
  return (
    <Panel title="Links that are open" flush>
      <DataTable
        label="Links that are open"
        columns={columns}
        rows={data?.items}
        rowKey={({ id }) => id}
        error={error}
        retry={() => void refetch()}
        keyboard={false}
        empty={<p className={classes.none}>None: every link was used or has ended.</p>}
      />
      {asked && (
        <ConfirmDialog
          opened={opened}
          onClose={() => setOpened(false)}
          title="Revoke this link?"
          hits={`It stops working at once: ${purposeWords(asked)}, made by ${makerWords(asked.made_by)}.`}
          verb="Revoke the link"
          onConfirm={async () => {
            await revoke(asked.id);
            reload();
          }}
        />
      )}
    </Panel>
  );
}

function purposeWords({ person, role }: Invitation): string {
  return person ? `new password of ${person}` : `somebody new, as ${role ?? 'nobody'}`;
}
