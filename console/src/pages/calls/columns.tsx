import type { Schemas } from '@/api/client';
import { useReasons } from '@/api/queries';
import { count, dateTime, time } from '@/format';
import type { Column } from '@/parts/DataTable';
import { Duration } from '@/parts/Duration';
import { Money } from '@/parts/Money';
import { StatusBadge } from '@/parts/StatusBadge';
import classes from './calls.module.css';

type Summary = Schemas['CallSummary'];

/** The columns of the list of calls. The time is the link. */
export const COLUMNS: Column<Summary>[] = [
  { key: 'at', title: 'Time', cell: ({ at }) => <Moment at={at} /> },
  { key: 'status', title: 'Status', cell: (call) => <Status call={call} /> },
  { key: 'model', title: 'Model', cell: ({ model }) => <Name>{model}</Name> },
  { key: 'caller', title: 'Application', cell: (call) => <Caller call={call} />, from: 'sm' },
  { key: 'reason', title: 'Reason', cell: ({ reason }) => <ReasonTitle code={reason} />, from: 'md' },
  { key: 'provider', title: 'Provider', cell: ({ provider }) => <Name soft>{provider}</Name>, from: 'lg' },
  {
    key: 'tokens',
    title: 'Tokens',
    cell: ({ tokens }) => (tokens ? count(tokens) : <None />),
    align: 'right',
    from: 'md',
  },
  {
    key: 'first_byte',
    title: 'First byte',
    cell: (call) => (call.first_byte ? <Duration micros={call.first_byte} /> : <None />),
    align: 'right',
    from: 'lg',
  },
  {
    key: 'duration',
    title: 'Took',
    cell: (call) => <Duration micros={call.duration} />,
    align: 'right',
    from: 'sm',
  },
  { key: 'cost', title: 'Cost', cell: ({ cost }) => <Money amount={cost} />, align: 'right' },
];

function Status({ call: { status, ending } }: { call: Summary }) {
  return (
    <span className={classes.status}>
      <StatusBadge status={status} ending={ending} quiet />
    </span>
  );
}

/** The time of day; before today the day as well. */
export function Moment({ at }: { at: string }) {
  const [day, clock] = dateTime(at).split(', ');
  const today = day === dateTime(new Date().toISOString()).split(', ')[0];
  return (
    <time dateTime={at} title={at} className={classes.moment}>
      {today ? time(at) : `${day?.replace(/ \d{4}$/, '')}, ${clock}`}
    </time>
  );
}

/** A name that is cut where there is no room. */
export function Name({ children, soft }: { children: string | null | undefined; soft?: boolean }) {
  if (!children) return <None />;
  return (
    <span className={classes.name} data-soft={soft} title={children}>
      {children}
    </span>
  );
}

/** The application, and the key where its name says more. */
export function Caller({ call: { application, key } }: { call: Summary }) {
  if (!application) return <Name>{key}</Name>;
  const more = key && key !== application ? key : undefined;
  return (
    <span className={classes.name} title={more ? `${application}, key ${more}` : application}>
      {application}
      {more && <span className={classes.soft}> · {more}</span>}
    </span>
  );
}

/** Why a call was refused or failed, by the title of its reason. */
export function ReasonTitle({ code }: { code: string | null | undefined }) {
  const { data: reasons } = useReasons();
  if (!code) return null;
  return (
    <span className={classes.reason} title={code}>
      {reasons?.get(code)?.title ?? code}
    </span>
  );
}

function None() {
  return (
    <span className={classes.soft} aria-hidden="true">
      –
    </span>
  );
}
