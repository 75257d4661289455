import { Button } from '@mantine/core';
import { IconCube } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { count } from '@/format';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { SearchBox } from '@/parts/SearchBox';
import { useChangeParams, useParams } from '@/search';
import { callableColumns } from './columns';
import { finder, sandboxLast } from './find';
import classes from './models.module.css';
import { targetsInWords } from './prices';
import { useCallable } from './queries';

const PAGE = 100;

/** What can be called now: models of one's own, and the names of the providers that are connected. */
export function Yours() {
  const { q = '', open } = useParams();
  const names = useCallable('');
  const all = names.data?.items;
  const [own, theirs] = useMemo(() => {
    const has = finder(q);
    const wanted = all?.filter((model) => has(`${model.name} ${targetsInWords(model)}`));
    return [wanted?.filter(({ rule }) => rule), wanted && sandboxLast(wanted.filter(({ rule }) => !rule))];
  }, [all, q]);
  const table = { error: names.error, retry: () => void names.refetch(), open };
  return (
    <>
      <div className={classes.bar}>
        <SearchBox label="Search names" />
        {q && <Resolve name={q} exact={all?.some(({ name }) => name === q)} />}
      </div>
      {(!q || own?.length !== 0) && (
        <Names title="Models of your own" rows={own} empty={<NoModel />} {...table} />
      )}
      <Names
        title="Names of your providers"
        rows={theirs}
        empty={<NothingFound q={q} />}
        keyboard={own?.length === 0}
        {...table}
      />
    </>
  );
}

function Names(props: {
  title: string;
  rows: Schemas['CallableModel'][] | undefined;
  empty: React.ReactNode;
  error: Error | null;
  retry: () => void;
  open: string | undefined;
  keyboard?: boolean;
}) {
  const [shown, setShown] = useState(PAGE);
  const { title, rows, open } = props;
  return (
    <section className={classes.group}>
      <h2 className={classes.heading}>
        {title} {rows && rows.length > 0 && <span className={classes.count}>{count(rows.length)}</span>}
      </h2>
      <DataTable
        label={title}
        columns={callableColumns}
        rows={rows?.slice(0, shown)}
        rowKey={({ name }) => name}
        rowLink={({ name }) => ({ to: '.', search: (before: object) => ({ ...before, open: name }) })}
        opened={open}
        error={props.error}
        retry={props.retry}
        empty={props.empty}
        keyboard={props.keyboard}
        more={{ has: (rows?.length ?? 0) > shown, busy: false, load: () => setShown(shown + PAGE) }}
      />
    </section>
  );
}

/** Offers to say what a name means that may not be in the list: providers take more than the catalogue knows. */
function Resolve({ name, exact }: { name: string; exact: boolean | undefined }) {
  return (
    <Link to="." search={(before: object) => ({ ...before, open: name })} className={classes.resolve}>
      {exact ? 'What does' : 'What would'} a call of <strong>{name}</strong> do?
    </Link>
  );
}

function NoModel() {
  const change = useChangeParams();
  const mayChange = useCan('configuration:change');
  return (
    <EmptyState
      icon={<IconCube size={20} />}
      title="No model of your own yet"
      command={mayChange ? undefined : 'tollgate models'}
      action={
        mayChange && (
          <Button variant="default" onClick={() => change({ new: '/' })}>
            Create a model
          </Button>
        )
      }
    >
      A model is a name such as <code>smart</code> over one or more providers’ models: callers keep the name,
      you change who answers, and a second target steps in where the first one fails. From another gateway,{' '}
      <code>tollgate import litellm config.yaml</code> brings models, providers and keys along.
    </EmptyState>
  );
}

function NothingFound({ q }: { q: string }) {
  if (q) {
    return (
      <EmptyState title={`No listed name has “${q}” in it`}>
        A provider may take names that nobody lists. Ask above what a call of it would do, or look through the
        catalogue.
      </EmptyState>
    );
  }
  return <EmptyState title="No provider is connected" />;
}
