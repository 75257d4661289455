import { Select } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useResources } from '@/api/queries';
import { count } from '@/format';
import { type Column, DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { SearchBox } from '@/parts/SearchBox';
import { Tag } from '@/parts/Tag';
import { useChangeParams, useParams } from '@/search';
import { connectedBy, providersOf } from '../providers/connected';
import { CatalogDrawer } from './CatalogDrawer';
import { priceColumns } from './columns';
import classes from './models.module.css';
import { useCatalogModels, useCatalogProviders } from './queries';

type Known = Schemas['CatalogModel'];

const PAGE = 100;

/** All models that are known, connected or not. */
export function Catalogue() {
  const { q, provider, open } = useParams();
  const change = useChangeParams();
  const [limit, setLimit] = useState(PAGE);
  const models = useCatalogModels({ q, provider, limit });
  const known = useCatalogProviders();
  const resources = useResources('Provider');
  const connected = connectedBy(providersOf(resources.data?.items ?? []));
  const titles = new Map(known.data?.items.map(({ id, title }) => [id, title]));
  const rows = models.data?.items;
  const keyOf = (model: Known) => `${model.provider}/${model.id}`;

  const columns: Column<Known>[] = [
    { key: 'name', title: 'Model', cell: ({ id }) => <span className={classes.name}>{id}</span> },
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

  return (
    <>
      <div className={classes.bar}>
        <SearchBox label="Search the catalogue" />
        <Select
          aria-label="Provider"
          placeholder="Any provider"
          w={220}
          searchable
          clearable
          data={known.data?.items
            .filter(({ models: some }) => some > 0)
            .map(({ id, title }) => ({ value: id, label: title }))}
          value={provider ?? null}
          onChange={(id) => change({ provider: id ?? undefined })}
        />
      </div>
      <DataTable
        label="Models of the catalogue"
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        rowLink={(model) => ({ to: '.', search: (before: object) => ({ ...before, open: keyOf(model) }) })}
        opened={open}
        error={models.error}
        retry={() => void models.refetch()}
        empty={
          <EmptyState
            title={q ? `No known model has “${q}” in its name` : 'No model of this provider is known'}
          >
            What is not in the catalogue can be called all the same, if the provider has a price for it.
          </EmptyState>
        }
        more={{
          has: (rows?.length ?? 0) >= limit,
          busy: models.isPlaceholderData,
          load: () => setLimit(limit + PAGE),
        }}
      />
      <CatalogDrawer
        model={rows?.find((model) => keyOf(model) === open)}
        titles={titles}
        connected={connected}
      />
    </>
  );
}

/** A number of tokens, where it is known. */
function Tokens({ of }: { of: number | null | undefined }) {
  return <span className={classes.figure}>{of ? count(of) : '–'}</span>;
}
