import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { problemFrom } from '@/api/problem';
import { noteSignedIn } from '@/api/signedIn';
import { counted } from '@/format';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { type Column, DataTable } from '@/parts/DataTable';
import { Panel } from '@/parts/Panel';
import { Tag } from '@/parts/Tag';
import { When } from '@/parts/When';
import classes from './account.module.css';
import { type Agent, readAgent } from './agent';

type Place = Schemas['SignedInPlace'];

const KEY = ['session', 'places'] as const;
const ICONS = { computer: IconDeviceDesktop, phone: IconDeviceMobile, program: IconTerminal2 };

/** The places where I am signed in; each can be ended, and all of them at once. */
export function Places() {
  const queries = useQueryClient();
  const places = useQuery({ queryKey: KEY, queryFn: () => take(api.GET('/api/v1/sessions')) });
  const end = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }),
    onError: (error) => {
      const { title, detail } = problemFrom(error);
      notifications.show({ color: 'red', title, message: detail });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const columns: Column<Place>[] = [
    { key: 'agent', title: 'Where', wrap: true, cell: (place) => <Where {...place} /> },
    {
      key: 'seen',
      title: 'Last used',
      width: '16%',
      from: 'sm',
      cell: (place) => <LastUsed {...place} />,
    },
    {
      key: 'created',
      title: 'Signed in',
      width: '18%',
      from: 'sm',
      cell: ({ created }) => <When at={created} />,
    },
    { key: 'expires', title: 'Ends', width: '18%', from: 'md', cell: ({ expires }) => <When at={expires} /> },
    {
      key: 'end',
      title: <span className={classes.spoken}>Sign out</span>,
      align: 'right',
      width: 104,
      cell: ({ id, agent, current }) =>
        !current && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            loading={end.isPending && end.variables === id}
            onClick={() => end.mutate(id)}
            aria-label={`Sign out of ${wordsOf(readAgent(agent))}`}
          >
            Sign out
          </Button>
        ),
    },
  ];
  const rows = places.data?.items;
  return (
    <Panel title="Where you are signed in" aside={rows && <Everywhere count={rows.length} />} flush>
      <DataTable
        label="Where you are signed in"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        error={places.error}
        retry={() => void places.refetch()}
      />
    </Panel>
  );
}

function Where(place: Place) {
  const agent = readAgent(place.agent);
  const Icon = ICONS[agent.kind];
  return (
    <span className={classes.where} title={place.agent}>
      <Icon size={17} stroke={1.6} className={classes.icon} aria-hidden="true" />
      <span className={classes.agent}>
        {wordsOf(agent)}
        {place.current && <Tag tone="ok">this one</Tag>}
      </span>
      <span className={classes.seen}>
        <LastUsed {...place} />
      </span>
    </span>
  );
}

function LastUsed({ seen, current }: Place) {
  return current ? 'now' : <When at={seen} />;
}

function wordsOf({ browser, system }: Agent): string {
  return system ? `${browser} on ${system}` : browser;
}

function Everywhere({ count }: { count: number }) {
  const [asked, ask] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await api.DELETE('/api/v1/sessions');
    noteSignedIn(false);
    await navigate({ to: '/signin', search: {} });
    queries.clear();
  };
  return (
    <>
      <Button variant="subtle" color="red" size="compact-sm" onClick={() => ask(true)}>
        Sign out everywhere
      </Button>
      <ConfirmDialog
        opened={asked}
        onClose={() => ask(false)}
        title="Sign out everywhere?"
        hits={
          count > 1
            ? `${counted(count, 'session')} end, this one too. You need your password to come back.`
            : 'This session ends; there is no other. You need your password to come back.'
        }
        verb="Sign out everywhere"
        onConfirm={leave}
      />
    </>
  );
}
