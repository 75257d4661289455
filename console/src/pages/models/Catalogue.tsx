import { MultiSelect, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Schemas } from '@/api/client';
import { useResources } from '@/api/queries';
import { useCan } from '@/api/session';
import { count, counted } from '@/format';
import { type Column, DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { SearchBox } from '@/parts/SearchBox';
import { Tag } from '@/parts/Tag';
import { useChangeParams, useParams } from '@/search';
import { connectedBy, providersOf } from '../providers/connected';
import { CatalogDrawer } from './CatalogDrawer';
import { priceColumns } from './columns';
import { ABILITIES, able, found, keyOf, ORDERS, ordered, orderOf } from './find';
import classes from './models.module.css';
import { useCatalogModels, useCatalogProviders } from './queries';
import { Source } from './Source';
import { UpdateForm } from './UpdateForm';

type Known = Schemas['CatalogModel'];

const PAGE = 100;

/** All models that are known, connected or not. */
export function Catalogue() {
  const { q = '', provider, order, open, can, update } = useParams();
  const wanted = useMemo(() => can?.split(',').filter(Boolean) ?? [], [can]);
  const change = useChangeParams();
  const mayChange = useCan('configuration:change');
  const [shown, setShown] = useState(PAGE);
  const models = useCatalogModels();
  const known = useCatalogProviders();
  const resources = useResources('Provider');
  const providers = resources.data?.items;
  const connected = useMemo(() => connectedBy(providersOf(providers ?? [])), [providers]);
  const titles = useMemo(() => new Map(known.data?.items.map(({ id, title }) => [id, title])), [known.data]);
  const all = models.data?.items;
  const rows = useMemo(
    () =>
      all &&
      ordered(
        found(
          all.filter((model) => (!provider || model.provider === provider) && able(model, wanted)),
          q,
          titles,
        ),
        orderOf(order),
        connected,
      ),
    [all, q, provider, order, titles, connected, wanted],
  );

  return (
    <>
      <div className={classes.bar}>
        <SearchBox label="Search the catalogue" />
        <Select
          aria-label="Provider"
          placeholder="Any provider"
          w={190}
          searchable
          clearable
          data={known.data?.items
            .filter(({ models: some }) => some > 0)
            .map(({ id, title }) => ({ value: id, label: title }))}
          value={provider ?? null}
          onChange={(id) => change({ provider: id ?? undefined })}
        />
        <Select
          aria-label="Order"
          w={170}
          data={ORDERS}
          value={orderOf(order)}
          onChange={(word) => change({ order: word === 'usual' ? undefined : (word ?? undefined) })}
        />
        <MultiSelect
          aria-label="Abilities"
          placeholder={wanted.length === 0 ? 'Any abilities' : undefined}
          w={wanted.length > 1 ? 300 : 180}
          searchable
          clearable
          data={ABILITIES}
          value={wanted}
          onChange={(words) => change({ can: words.join(',') || undefined })}
        />
        {rows && <span className={classes.found}>{counted(rows.length, 'model')}</span>}
      </div>
      <Source />
      <DataTable
        label="Models of the catalogue"
        columns={columnsOf(titles, connected)}
        rows={rows?.slice(0, shown)}
        rowKey={keyOf}
        rowLink={(model) => ({ to: '.', search: (before: object) => ({ ...before, open: keyOf(model) }) })}
        opened={open}
        error={models.error}
        retry={() => void models.refetch()}
        empty={<NothingFound q={q} provider={provider && (titles.get(provider) ?? provider)} />}
        more={{ has: (rows?.length ?? 0) > shown, busy: false, load: () => setShown(shown + PAGE) }}
      />
      <CatalogDrawer
        name={open}
        model={all?.find((model) => keyOf(model) === open)}
        pending={!all}
        titles={titles}
        connected={connected}
      />
      {mayChange && update && <UpdateForm />}
    </>
  );
}

function columnsOf(titles: Map<string, string>, connected: Map<string, string[]>): Column<Known>[] {
  return [
    { key: 'name', title: 'Model', cell: (model) => <Name model={model} /> },
    {
      key: 'provider',
      title: 'Provider',
      cell: ({ provider: id }) => (
        <span className={classes.provider}>
          {titles.get(id) ?? id}
          {connected.has(id) && (
            <Tag tone="ok" quiet>
              connected
            </Tag>
          )}
        </span>
      ),
    },
    ...priceColumns<Known>(({ price }) => [price]),
    {
      key: 'context',
      title: 'Context',
      align: 'right',
      from: 'md',
      cell: (row) => <Tokens of={row.context_window} />,
    },
    {
      key: 'answer',
      title: 'Longest answer',
      align: 'right',
      from: 'lg',
      cell: (row) => <Tokens of={row.max_output} />,
    },
  ];
}

function NothingFound({ q, provider }: { q: string; provider: string | undefined }) {
  const where = provider ? `of ${provider}` : 'of the catalogue';
  return (
    <EmptyState title={q ? `No model ${where} has “${q}” in its name` : `No model ${where} is known`}>
      What is not in the catalogue can be called all the same, if its provider has a price for it.
    </EmptyState>
  );
}

function Name({ model: { id, deprecated } }: { model: Known }) {
  return (
    <span className={classes.name}>
      {id}
      {deprecated && (
        <>
          {' '}
          <Tag tone="warn" quiet>
            ends
          </Tag>
        </>
      )}
    </span>
  );
}

/** A number of tokens, where it is known. */
function Tokens({ of }: { of: number | null | undefined }) {
  return <span className={classes.figure}>{of ? count(of) : '–'}</span>;
}
