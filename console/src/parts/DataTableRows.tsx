import { Skeleton } from '@mantine/core';
import type { Column } from './DataTable';
import classes from './DataTable.module.css';

const ROWS = 8;

/** Rows that are on their way. */
export function SkeletonRows<T>({ columns }: { columns: Column<T>[] }) {
  return Array.from({ length: ROWS }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
    <tr key={row}>
      {columns.map(({ key, align, from }, column) => (
        <td key={key} data-align={align} data-from={from}>
          <Skeleton
            display="inline-block"
            height={10}
            width={align === 'right' ? 48 : `${75 - ((row * 17 + column * 29) % 40)}%`}
          />
        </td>
      ))}
    </tr>
  ));
}

/** The heading of a group, where the row is the first of it. */
export function GroupRow<T>(props: {
  columns: number;
  row: T;
  before: T | undefined;
  groupOf?: (row: T) => string;
}) {
  const { groupOf, row, before } = props;
  const group = groupOf?.(row);
  if (group === undefined || (before !== undefined && groupOf?.(before) === group)) return null;
  return (
    <tr className={classes.group}>
      <th scope="rowgroup" colSpan={props.columns}>
        {group}
      </th>
    </tr>
  );
}
