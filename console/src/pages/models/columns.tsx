import type { Schemas } from '@/api/client';
import type { Column } from '@/parts/DataTable';
import { Tag } from '@/parts/Tag';
import classes from './models.module.css';
import { type Price, spanOf, targetsInWords } from './prices';

type Callable = Schemas['CallableModel'];

/** What a million tokens cost, in two columns. */
export function priceColumns<T>(pricesOf: (row: T) => (Price | null | undefined)[]): Column<T>[] {
  return [
    {
      key: 'input',
      title: 'Prompt / 1M',
      align: 'right',
      from: 'sm',
      cell: (row) => {
        const prices = pricesOf(row);
        if (prices.some(Boolean)) return <Figure text={spanOf(prices, 'input')} />;
        return (
          <Tag tone="warn" quiet>
            no price
          </Tag>
        );
      },
    },
    {
      key: 'output',
      title: 'Answer / 1M',
      align: 'right',
      from: 'sm',
      cell: (row) => <Figure text={spanOf(pricesOf(row), 'output')} />,
    },
  ];
}

function Figure({ text }: { text: string | undefined }) {
  return <span className={classes.figure}>{text ?? '–'}</span>;
}

/** The columns of names that callers can ask for. */
export const callableColumns: Column<Callable>[] = [
  { key: 'name', title: 'Name', cell: ({ name }) => <span className={classes.name}>{name}</span> },
  {
    key: 'targets',
    title: 'Goes to',
    from: 'md',
    cell: (model) => <span className={classes.targets}>{targetsInWords(model)}</span>,
  },
  ...priceColumns<Callable>(({ targets }) => targets.map(({ price }) => price)),
];
