import { SegmentedControl } from '@mantine/core';
import { IconCircleCheck, IconFilterOff } from '@tabler/icons-react';
import type { Schemas } from '@/api/client';
import { useReasons } from '@/api/queries';
import { count } from '@/format';
import { type Column, DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { type Facet, FilterBar } from '@/parts/FilterBar';
import { LinkButton } from '@/parts/LinkButton';
import { PageHeader } from '@/parts/PageHeader';
import { RangePicker, rangeWords } from '@/parts/RangePicker';
import { Tag } from '@/parts/Tag';
import { When } from '@/parts/When';
import { useChangeParams, useParams, useTeam } from '@/search';
import { GroupDrawer } from './GroupDrawer';
import { useLiveRefusals, useRefusals } from './queries';
import classes from './refusals.module.css';
import { ACTORS, CAUSES, ofState, ruleWords, STATES } from './words';

type Group = Schemas['RefusalGroup'];

/** The time that is looked at where the address names none. */
const USUAL = '24h';

export default function Page() {
  const { since = USUAL, state, open, ...params } = useParams();
  const { reason, cause, who, rule, application, model } = params;
  const change = useChangeParams();
  useLiveRefusals();
  const filter = { since, reason, cause, who, rule, application, model, team: useTeam() };
  const { data, error, refetch } = useRefusals(filter);
  const narrowed = [state, reason, cause, who, rule, application, model].some(Boolean);
  return (
    <>
      <PageHeader
        title="402 desk"
        lead="Who was refused or failed, why, since when, and what ends it."
        action={data && <Happening count={data.happening} />}
      />
      <div className={classes.bar}>
        <FilterBar facets={useFacets()}>
          <SegmentedControl
            size="xs"
            aria-label="State"
            data={[
              { value: '', label: 'All' },
              { value: 'happening', label: 'Happening' },
            ]}
            value={state === 'happening' ? state : ''}
            onChange={(value) => change({ state: value || undefined })}
          />
          <RangePicker value={since} onChange={(value) => change({ since: value })} />
        </FilterBar>
      </div>
      <DataTable
        label="Refusals"
        columns={COLUMNS}
        rows={ofState(data?.items, state)}
        error={error}
        retry={() => void refetch()}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '.', search: (before: object) => ({ ...before, open: id }) })}
        opened={open}
        empty={<Nothing narrowed={narrowed} since={since} />}
      />
      {data?.more && <p className={classes.soft}>There are more groups; filter them to see the others.</p>}
      <GroupDrawer
        group={data?.items.find(({ id }) => id === open)}
        opened={open !== undefined}
        loaded={data !== undefined}
        since={since}
        onClose={() => change({ open: undefined })}
      />
    </>
  );
}

const COLUMNS: Column<Group>[] = [
  { key: 'reason', title: 'Refused', cell: (group: Group) => <Why group={group} />, cut: '40%' },
  {
    key: 'rule',
    title: 'By',
    cell: (group: Group) => ruleWords(group),
    from: 'md',
  },
  {
    key: 'application',
    title: 'Application',
    cell: ({ application }: Group) => application ?? <span className={classes.soft}>nobody known</span>,
    from: 'sm',
  },
  { key: 'calls', title: 'Calls', align: 'right', cell: ({ calls }: Group) => count(calls) },
  {
    key: 'keys',
    title: 'Keys',
    align: 'right',
    cell: ({ keys }: Group) => count(keys),
    from: 'md',
  },
  {
    key: 'began',
    title: 'Since',
    cell: ({ began }: Group) => <When at={began} />,
    from: 'sm',
  },
  { key: 'last', title: 'Last', cell: ({ last }: Group) => <When at={last} />, from: 'lg' },
  {
    key: 'state',
    title: 'State',
    cell: ({ state }: Group) => (
      <Tag tone={STATES[state].tone} quiet>
        {STATES[state].word}
      </Tag>
    ),
  },
];

function Why({ group: { status, title, reason } }: { group: Group }) {
  return (
    <span className={classes.why} title={reason}>
      <span className={classes.status}>{status}</span> {title}
    </span>
  );
}

function Happening({ count: groups }: { count: number }) {
  return groups > 0 ? (
    <Tag tone="bad">{groups === 1 ? '1 is happening' : `${count(groups)} are happening`}</Tag>
  ) : (
    <Tag tone="ok">Nothing is happening</Tag>
  );
}

function useFacets(): Facet[] {
  const { data: reasons } = useReasons();
  const named = (words: Record<string, string>) =>
    Object.entries(words).map(([value, label]) => ({ value, label }));
  const titles = [...(reasons?.values() ?? [])].map(({ code, title }) => ({ value: code, label: title }));
  return [
    { param: 'reason', label: 'Reason', options: titles },
    { param: 'cause', label: 'Cause', options: named(CAUSES) },
    { param: 'who', label: 'Who can act', options: named(ACTORS) },
    { param: 'rule', label: 'Rule' },
    { param: 'application', label: 'Application' },
    { param: 'model', label: 'Model' },
  ];
}

function Nothing({ narrowed, since }: { narrowed: boolean; since: string }) {
  const time = rangeWords(since) ?? 'this time';
  if (narrowed) {
    return (
      <EmptyState
        icon={<IconFilterOff size={20} />}
        title="No refusal matches"
        action={
          <LinkButton to="/refusals" search={{ since }}>
            Clear the filters
          </LinkButton>
        }
      >
        Calls may have been refused in {time}, but none in a way that all of these filters let through.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconCircleCheck size={20} />}
      title={`Nothing was refused in ${time}`}
      command="tollgate refusals --since 7d"
    >
      When a budget is spent, a wallet is empty, a key has expired or a provider fails, it stands here within
      seconds: whom it hits, what was changed before, and what ends it.
    </EmptyState>
  );
}
