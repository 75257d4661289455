import { Button } from '@mantine/core';
import { Link, type LinkProps, useNavigate } from '@tanstack/react-router';
import { type CSSProperties, Fragment, type MouseEvent, type ReactNode, useRef } from 'react';
import classes from './DataTable.module.css';
import { GroupRow, SkeletonRows } from './DataTableRows';
import { ErrorState } from './ErrorState';
import { useFits } from './useFits';
import { useRowKeys } from './useRowKeys';

/** A column. The first one names the row and is the link where rows are links: no buttons in it. */
export interface Column<T> {
  key: string;
  title: ReactNode;
  cell: (row: T) => ReactNode;
  /** Numbers and money stand right. */
  align?: 'left' | 'right';
  width?: number | string;
  /** Long text: broken into lines instead of widening the table. */
  wrap?: boolean;
  /** Cut instead of widening the table: its share, in per cent, of what others leave; on a telephone all of it. */
  cut?: `${number}%`;
  /** Left out on narrower windows: `sm` 640, `md` 900, `lg` 1200 pixels. */
  from?: 'sm' | 'md' | 'lg';
}

/** What a table shows and does. The result of `usePaged` may be spread into it. */
export interface DataTableProps<T> {
  /** What the table lists, for those who listen: "Calls". */
  label: string;
  columns: Column<T>[];
  /** Undefined while they are on their way. */
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  /** Where a row leads: a page, or a drawer by a search param. Click, Enter and the first cell go there. */
  rowLink?: (row: T) => LinkProps;
  /** The key of the row whose drawer is open; j and k then move the drawer along. */
  opened?: string;
  error?: Error | null;
  retry?: () => void;
  /** Shown instead of rows where there are none. */
  empty?: ReactNode;
  more?: { has: boolean; busy: boolean; load: () => void };
  /** Off where another table of the page listens to j and k. */
  keyboard?: boolean;
  /** Rows that came in just now, by key: they light up for a moment. */
  fresh?: ReadonlySet<string>;
  /** A row of sums. */
  foot?: ReactNode;
  /** What rows that follow each other have in common, such as their day: it stands above the first of them. */
  groupOf?: (row: T) => string;
}

/** A table: skeleton, rows, empty or error; j, k and Enter; pages by cursor; scrolls sideways where it must. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { columns, rows, rowKey, rowLink, error } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [scroll, fits] = useFits<HTMLDivElement>();
  const navigate = useNavigate();
  const open = (row: T) => rowLink && void navigate(rowLink(row) as Parameters<typeof navigate>[0]);
  useRowKeys({ body, opened: props.opened, rows, rowKey, open, off: props.keyboard === false });

  if (error && !rows) return <ErrorState error={error} retry={props.retry} />;
  if (rows?.length === 0 && props.empty) return <div className={classes.frame}>{props.empty}</div>;

  const click = (event: MouseEvent, row: T) => {
    const inner = (event.target as Element).closest('a, button, input, label');
    if (!inner && !window.getSelection()?.toString()) open(row);
  };

  return (
    <div className={classes.frame}>
      <div
        ref={scroll}
        className={classes.scroll}
        data-fits={fits || undefined}
        role="region"
        aria-label={props.label}
        // What scrolls has to be reachable by keyboard.
        tabIndex={fits ? undefined : 0}
      >
        <table className={classes.table}>
          <thead>
            <tr>
              {columns.map(({ key, title, align, width, from, cut }) => (
                <th
                  key={key}
                  scope="col"
                  data-align={align}
                  data-from={from}
                  data-cut={cut && true}
                  style={{ width, '--share': cut } as CSSProperties}
                >
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows?.map((row, at) => (
              <Fragment key={rowKey(row)}>
                <GroupRow columns={columns.length} row={row} before={rows[at - 1]} groupOf={props.groupOf} />
                <tr
                  data-key={rowKey(row)}
                  tabIndex={-1}
                  data-link={rowLink ? true : undefined}
                  data-opened={props.opened === rowKey(row) || undefined}
                  data-fresh={props.fresh?.has(rowKey(row)) || undefined}
                  onClick={(event) => click(event, row)}
                >
                  {columns.map(({ key, cell, align, from, wrap, cut }, index) => (
                    <td key={key} data-align={align} data-from={from} data-wrap={wrap} data-cut={cut && true}>
                      {index === 0 && rowLink ? (
                        <Link {...rowLink(row)} className={classes.link} activeProps={{}}>
                          {cell(row)}
                        </Link>
                      ) : (
                        cell(row)
                      )}
                    </td>
                  ))}
                </tr>
              </Fragment>
            ))}
            {!rows && <SkeletonRows columns={columns} />}
          </tbody>
          {props.foot && <tfoot>{props.foot}</tfoot>}
        </table>
      </div>
      {error && rows && <ErrorState error={error} retry={props.retry} compact />}
      {props.more?.has && (
        <div className={classes.more}>
          <Button variant="default" size="xs" loading={props.more.busy} onClick={props.more.load}>
            Load more
          </Button>
        </div>
      )}
    </div>
  );
}
