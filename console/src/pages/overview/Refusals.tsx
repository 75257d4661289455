import { Link } from '@tanstack/react-router';
import { useReasons } from '@/api/queries';
import { useUsageBy } from '@/api/usage';
import { count } from '@/format';
import { Bars } from '@/parts/Bars';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import { Panel } from '@/parts/Panel';
import { rangeWords } from '@/parts/RangePicker';
import classes from './overview.module.css';
import { callsLink, usageOf, type View } from './view';

const SHOWN = 6;

/** Why calls were refused or failed, the most frequent reason first. */
export function Refusals(view: View) {
  const { data: reasons } = useReasons();
  const { data, error, refetch } = useUsageBy('reason', usageOf(view));
  const found = (data?.items ?? []).flatMap(({ value, calls }) => (value ? [{ code: value, calls }] : []));
  const most = found[0]?.calls ?? 1;
  return (
    <Panel
      title="Why calls were refused"
      aside={
        found.length > SHOWN && <Link {...callsLink(view, { ending: 'refused' })}>All {found.length}</Link>
      }
    >
      {!data && !error && <Lines count={4} />}
      {error && !data && <ErrorState error={error} retry={() => void refetch()} compact />}
      {data && found.length === 0 && (
        <p className={classes.nothing}>
          Nothing was refused and nothing failed in {rangeWords(view.range) ?? 'this time'}.
        </p>
      )}
      <Bars
        label="Calls by reason"
        bars={found.slice(0, SHOWN).map(({ code, calls }) => {
          const row = reasons?.get(code);
          return {
            key: code,
            name: (
              <Link {...callsLink(view, { reason: code })} className={classes.name} title={code}>
                {row?.title ?? code}
              </Link>
            ),
            share: Math.round((calls / most) * 1000),
            value: count(calls),
            tone: (row?.status ?? 0) >= 500 ? 'bad' : 'warn',
          };
        })}
      />
    </Panel>
  );
}
