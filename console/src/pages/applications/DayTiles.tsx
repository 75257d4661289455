import { count, percent } from '@/format';
import { Money } from '@/parts/Money';
import { Sparkline } from '@/parts/Sparkline';
import { StatTile, StatTiles } from '@/parts/StatTile';
import { useDayOf } from './queries';

/** What an application did in the last day. */
export function DayTiles({ application }: { application: string }) {
  const { data, isError } = useDayOf(application);
  const total = data?.total;
  const none = isError ? '–' : undefined;
  const share = (part: number) =>
    total?.calls ? `${percent(part / total.calls)} of the calls` : 'of no calls';
  const by = { application, since: '24h' };
  return (
    <StatTiles>
      <StatTile
        label="Calls in 24 h"
        value={total ? count(total.calls) : none}
        hint={total && `${count(total.prompt_tokens + total.output_tokens)} tokens`}
        chart={data && <Sparkline values={data.points.map(({ calls }) => calls)} label="Calls by the hour" />}
        link={{ to: '/calls', search: by }}
      />
      <StatTile
        label="Cost in 24 h"
        value={total ? <Money amount={total.cost} /> : none}
        hint={total && 'by the price of what answered'}
      />
      <StatTile
        label="Refused"
        value={total ? count(total.refused) : none}
        hint={total && share(total.refused)}
        link={{ to: '/calls', search: { ...by, ending: 'refused' } }}
      />
      <StatTile
        label="Failed"
        value={total ? count(total.errors) : none}
        hint={total && share(total.errors)}
      />
    </StatTiles>
  );
}
