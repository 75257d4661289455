import { Button } from '@mantine/core';
import { IconArrowUp, IconHistory } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { counted, time } from '@/format';
import { type Column, DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { FilterBar } from '@/parts/FilterBar';
import { makerWords } from '@/parts/links';
import { PageHeader } from '@/parts/PageHeader';
import { useChangeParams, useParams } from '@/search';
import { dayOf } from './days';
import { touched } from './diff';
import { ExportMenu } from './ExportMenu';
import classes from './history.module.css';
import { MOST_NEW, type Revision, useNewer, useRevisions } from './queries';
import { RevisionDrawer } from './RevisionDrawer';
import { ActionTag, KINDS } from './words';

const FACETS = [
  { param: 'kind', label: 'Kind', options: KINDS.map((kind) => ({ value: kind, label: kind })) },
  { param: 'name', label: 'Name' },
];

const COLUMNS: Column<Revision>[] = [
  {
    key: 'resource',
    title: 'Resource',
    cell: ({ kind, name }) => (
      <>
        <span className={classes.kind}>{kind}</span> {name}
      </>
    ),
  },
  { key: 'action', title: 'Change', width: 112, cell: ({ action }) => <ActionTag action={action} quiet /> },
  { key: 'touched', title: 'What', width: '26%', from: 'md', cell: (row) => <Touched {...row} /> },
  { key: 'actor', title: 'Made by', width: '18%', from: 'sm', cell: ({ actor }) => makerWords(actor) },
  {
    key: 'time',
    title: 'Time',
    width: 92,
    cell: ({ at }) => (
      <time dateTime={at} title={at}>
        {time(at)}
      </time>
    ),
  },
  {
    key: 'revision',
    title: 'Revision',
    width: 84,
    align: 'right',
    from: 'sm',
    cell: ({ revision }) => revision,
  },
];

/** Who changed what and when, and the way back. */
export default function Page() {
  const { kind, name, revision } = useParams();
  const filter = useMemo(() => ({ kind, name }), [kind, name]);
  const list = useRevisions(filter);
  const newest = list.rows?.[0]?.revision;
  const newer = useNewer(filter, list.rows && (newest ?? 0));
  const [known, setKnown] = useState<number>();
  const load = () => {
    setKnown(newest ?? 0);
    list.retry();
  };
  const fresh = useMemo(() => {
    const rows = known === undefined ? [] : (list.rows ?? []);
    return new Set(rows.filter((row) => row.revision > (known ?? 0)).map((row) => String(row.revision)));
  }, [list.rows, known]);
  return (
    <>
      <PageHeader
        title="History"
        lead="Every change of the configuration: who made it, what it was, and the way back."
        action={<ExportMenu />}
      />
      <FilterBar facets={FACETS} />
      <div aria-live="polite">
        {newer > 0 && (
          <Button
            fullWidth
            variant="light"
            size="xs"
            mb="sm"
            leftSection={<IconArrowUp size={14} />}
            onClick={load}
          >
            {newer < MOST_NEW ? counted(newer, 'new revision') : `${MOST_NEW} or more new revisions`}
          </Button>
        )}
      </div>
      <DataTable
        label="Revisions"
        columns={COLUMNS}
        rowKey={(row) => String(row.revision)}
        rowLink={(row) => ({
          to: '.',
          search: (before: object) => ({ ...before, revision: String(row.revision) }),
        })}
        groupOf={(row) => dayOf(row.at)}
        opened={revision}
        fresh={fresh}
        empty={<Nothing filtered={Boolean(kind || name)} />}
        {...list}
      />
      <RevisionDrawer listed={list.rows} />
    </>
  );
}

/** Which members of the spec an update changed; of what was made or deleted all are. */
function Touched({ action, before, after }: Revision) {
  if (action !== 'updated') return null;
  const names = touched(before, after);
  const shown = names.slice(0, 3).join(', ');
  return (
    <span className={classes.touched}>{names.length > 3 ? `${shown}, +${names.length - 3}` : shown}</span>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const change = useChangeParams();
  if (filtered) {
    return (
      <EmptyState
        icon={<IconHistory size={20} />}
        title="No such resource was ever changed"
        action={
          <Button variant="default" size="xs" onClick={() => change({ kind: undefined, name: undefined })}>
            Show all revisions
          </Button>
        }
      >
        A name has to be given in full, as it is written.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconHistory size={20} />}
      title="Nothing was changed so far"
      command="tollgate apply -f models.yaml"
    >
      Whatever is made, changed or deleted, here, by command or by the API, is kept here with its before and
      after.
    </EmptyState>
  );
}
