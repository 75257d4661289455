import { Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '@/api/session';
import { counted } from '@/format';
import { type Column, DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { LinkButton } from '@/parts/LinkButton';
import { PageHeader } from '@/parts/PageHeader';
import { SearchBox } from '@/parts/SearchBox';
import { Tag } from '@/parts/Tag';
import { useParam } from '@/search';
import { priceColumns } from '../models/columns';
import { finder } from '../models/find';
import type { Price } from '../models/prices';
import { useCallable } from '../models/queries';
import type { ProviderSpec } from './connected';
import { priceOf } from './pricing';
import classes from './providers.module.css';

/** What came of connecting a provider. */
export interface Outcome {
  name: string;
  spec: ProviderSpec;
  /** Whether it passed its test with every key. */
  good: boolean;
  /** The models that it told of when it was tested; none where it was not. */
  models: string[];
  /** What is not wrong but will not work either. */
  warnings: string[];
}

interface Callable {
  name: string;
  price: Price | null | undefined;
}

const PAGE = 50;

/** A provider is connected: what can be called now. */
export function Connected({ outcome, title }: { outcome: Outcome; title: string }) {
  const { name, spec, good, models, warnings } = outcome;
  const [q = ''] = useParam('q');
  const [shown, setShown] = useState(PAGE);
  const mayTry = useCan('models:try');
  const listed = useCallable('');
  const prices = new Map(listed.data?.items.map((each) => [each.name, each.targets[0]?.price]));
  const told = models.map((model) => `${name}/${model}`);
  const names = told.length > 0 ? told : [...prices.keys()].filter((each) => each.startsWith(`${name}/`));
  const all = names.map((each): Callable => {
    const model = each.slice(name.length + 1);
    return { name: each, price: priceOf(spec, model, prices.get(each)) };
  });
  const has = finder(q);
  const rows = all.filter((each) => has(each.name));
  const unpriced = all.filter(({ price }) => !price).length;

  const columns: Column<Callable>[] = [
    { key: 'name', title: 'Callers ask for', cell: (row) => row.name },
    ...priceColumns<Callable>(({ price }) => [price]),
    {
      key: 'try',
      title: '',
      align: 'right',
      cell: (row) =>
        mayTry && (
          <LinkButton to="/playground" search={{ model: row.name }} variant="default" size="xs">
            Try in playground
          </LinkButton>
        ),
    },
  ];

  return (
    <>
      <PageHeader
        above={<Link to="/providers">Providers</Link>}
        title={good ? `${title} is connected` : `${title} is saved`}
        state={
          <Tag tone={good ? 'ok' : 'warn'}>{good ? 'answered its test' : 'has not answered its test'}</Tag>
        }
        lead={
          good
            ? 'These names can be called now, by every application.'
            : 'Calls of it fail until it answers; its page tells why, and tests it again.'
        }
        action={
          <Group gap="xs">
            <LinkButton to="/providers" search={{ open: 'new' }} variant="default">
              Connect another
            </LinkButton>
            <LinkButton to="/providers" search={{ open: name }}>
              Done
            </LinkButton>
          </Group>
        }
      />
      {(warnings.length > 0 || (unpriced > 0 && !listed.isPending)) && (
        <ul className={classes.warnings}>
          {unpriced > 0 && (
            <li>
              <IconAlertTriangle size={15} aria-hidden="true" /> Nobody knows the price of{' '}
              {unpriced === all.length ? 'its models' : counted(unpriced, 'of its models', 'of its models')},
              so calls of them are refused.{' '}
              <Link to="/providers" search={{ edit: name }}>
                Set a price
              </Link>
              .
            </li>
          )}
          {warnings.map((warning) => (
            <li key={warning}>
              <IconAlertTriangle size={15} aria-hidden="true" /> {warning}
            </li>
          ))}
        </ul>
      )}
      {names.length > 10 && (
        <div className={classes.bar}>
          <SearchBox label="Search its models" />
        </div>
      )}
      <DataTable
        label="Its models"
        columns={columns}
        rows={listed.isPending ? undefined : rows.slice(0, shown)}
        rowKey={(row) => row.name}
        empty={
          <EmptyState title={q ? `None of its models has “${q}” in its name` : 'It told of no models'}>
            Callers can ask for any model of it as <code>{name}/model</code>.
          </EmptyState>
        }
        more={{ has: rows.length > shown, busy: false, load: () => setShown(shown + PAGE) }}
      />
    </>
  );
}
