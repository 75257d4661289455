import { Link, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { useParam } from '@/search';
import { CopyId } from './CopyId';
import classes from './PageHeader.module.css';

/** A tab of a page: its name in the address and its label. The first is the one without a name in the address. */
export interface PageTab {
  value: string;
  label: string;
  /** A number beside the label. */
  count?: number;
}

let firstPage = true;

/**
 * The head of every page: what it is, its state, its id to copy, one primary action, and tabs (search param
 * `tab`, read by `useTab`). It names the document and takes the focus after navigation.
 */
export function PageHeader(props: {
  title: string;
  /** One sentence below the title. */
  lead?: ReactNode;
  /** A badge beside the title. */
  state?: ReactNode;
  /** The id or name, to be copied. */
  id?: string;
  /** The one primary action, and quieter ones before it. */
  action?: ReactNode;
  tabs?: PageTab[];
  /** Where this lies, as links: `Calls ▸`. */
  above?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const path = useLocation({ select: (location) => location.pathname });

  useEffect(() => {
    document.title = `${props.title} · Tollgate`;
  }, [props.title]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is what moves the focus
  useEffect(() => {
    if (!firstPage) heading.current?.focus({ preventScroll: true });
    firstPage = false;
  }, [path]);

  return (
    <header className={classes.header} data-tabs={props.tabs ? true : undefined}>
      {props.above && <div className={classes.above}>{props.above}</div>}
      <div className={classes.row}>
        <div className={classes.what}>
          <div className={classes.name}>
            <h1 ref={heading} tabIndex={-1} className={classes.title}>
              {props.title}
            </h1>
            {props.state}
            {props.id && <CopyId id={props.id} />}
          </div>
          {props.lead && <p className={classes.lead}>{props.lead}</p>}
        </div>
        {props.action && <div className={classes.action}>{props.action}</div>}
      </div>
      {props.tabs && <HeaderTabs tabs={props.tabs} />}
    </header>
  );
}

/** The tab that the address names, or the first. */
export function useTab(tabs: PageTab[]): string {
  const [tab] = useParam('tab');
  return tabs.find(({ value }) => value === tab)?.value ?? tabs[0]?.value ?? '';
}

function HeaderTabs({ tabs }: { tabs: PageTab[] }) {
  const current = useTab(tabs);
  return (
    <nav className={classes.tabs} aria-label="Parts of this page">
      {tabs.map(({ value, label, count }, index) => (
        <Link
          key={value}
          to="."
          search={(before: object) => ({ ...before, tab: index === 0 ? undefined : value })}
          className={classes.tab}
          aria-current={value === current ? 'page' : undefined}
          activeProps={{}}
          // Otherwise every tab of the address counts as the present page.
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {label}
          {count !== undefined && <span className={classes.count}>{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
