import type { Schemas } from '@/api/client';
import { useReasons } from '@/api/queries';
import { count, dateTime, time } from '@/format';
import type { Column } from '@/parts/DataTable';
import { Duration } from '@/parts/Duration';
import { Money } from '@/parts/Money';
import { StatusBadge } from '@/parts/StatusBadge';
import { Tag } from '@/parts/Tag';
import classes from './calls.module.css';

type Summary = Schemas['CallSummary'];

/** The model, and on a telephone how the call ended, for which there is no column then. */
const MODEL: Column<Summary> = {
  key: 'model',
  title: 'Model',
  cell: (call) => (
    <>
      <Name>{call.model || 'not read'}</Name>
      {call.shadow_of && (
        <>
          {' '}
          <Tag quiet>shadow</Tag>
        </>
      )}
      <span className={classes.below}>
        <Outcome call={call} />
      </span>
    </>
  ),
  cut: '28%',
};
const STATUS: Column<Summary> = {
  key: 'status',
  title: 'Status',
  cell: (call) => <Outcome call={call} />,
  from: 'sm',
  cut: '46%',
};
const CALLER: Column<Summary> = {
  key: 'caller',
  title: 'Application',
  cell: (call) => <Caller call={call} />,
  from: 'sm',
  cut: '26%',
};
const COST: Column<Summary> = {
  key: 'cost',
  title: 'Cost',
  cell: ({ cost }) => <Money amount={cost} />,
  align: 'right',
};

/** What has to be seen of a call: what was asked for, how it ended and why so, by whom, and what it cost. */
export const ESSENTIALS = [MODEL, STATUS, CALLER, COST];

/** The columns of the list of calls. The time is the link. */
export const COLUMNS: Column<Summary>[] = [
  { key: 'at', title: 'Time', cell: ({ at }) => <Moment at={at} /> },
  STATUS,
  MODEL,
  CALLER,
  {
    key: 'provider',
    title: 'Provider',
    cell: ({ provider }) => (provider ? <span className={classes.provider}>{provider}</span> : <None />),
    from: 'lg',
  },
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
  COST,
];

/** How a call ended, with the reason of what was refused or failed. */
function Outcome({ call: { status, ending, reason } }: { call: Summary }) {
  return (
    <span className={classes.outcome}>
      <StatusBadge status={status} ending={ending} word={reason && <ReasonTitle code={reason} />} quiet />
    </span>
  );
}

/** The time of day; before today the day as well. */
function Moment({ at }: { at: string }) {
  const [day, clock] = dateTime(at).split(', ');
  const today = day === dateTime(new Date().toISOString()).split(', ')[0];
  return (
    <time dateTime={at} title={at} className={classes.moment}>
      {today ? time(at) : `${day?.replace(/ \d{4}$/, '')}, ${clock}`}
    </time>
  );
}

function Name({ children }: { children: string }) {
  return (
    <span className={classes.name} title={children}>
      {children}
    </span>
  );
}

/** The application, and the key where its name says more. */
function Caller({ call: { application, key } }: { call: Summary }) {
  if (!application) return key ? <Name>{key}</Name> : <None />;
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
