import { useMemo } from 'react';
import type { Schemas } from '@/api/client';
import type { Course } from '@/api/slots';
import { useCourse } from '@/api/usage';
import { count, countShort, duration, percent } from '@/format';
import { formatShort, parse, perMille } from '@/money';
import { ErrorState } from '@/parts/ErrorState';
import { Money } from '@/parts/Money';
import { Sparkline } from '@/parts/Sparkline';
import { StatTile, StatTiles } from '@/parts/StatTile';
import { largest, roughly } from './amounts';
import { callsLink, usageOf, type View } from './view';

type Sums = Schemas['Sums'];
type Point = Schemas['UsagePoint'] | undefined;

/** Slots with calls below which a line would tell of nothing but its own start. */
const FEWEST = 3;

/** The numbers of the time that is looked at, each with its course. */
export function Tiles(view: View) {
  const { data, course, error, refetch } = useCourse(usageOf(view));
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />;
  const sums = data?.total;
  // As tall before the numbers are there as after.
  const hint = (words: (sums: Sums) => string) => (sums ? words(sums) : '\u00a0');
  const drawn = course && course.points.filter(Boolean).length >= FEWEST ? course : undefined;
  return (
    <StatTiles columns={6}>
      <StatTile
        label="Calls"
        value={sums && count(sums.calls)}
        hint={hint((sums) => `${countShort(sums.calls - sums.errors - sums.refused)} served`)}
        chart={<Line course={drawn} label="Calls over time" of={(point) => point?.calls ?? 0} />}
        link={callsLink(view)}
      />
      <StatTile
        label="Failed"
        value={sums && count(sums.errors)}
        hint={hint((sums) => share(sums.errors, sums.calls))}
        chart={<Line course={drawn} label="Failed calls over time" of={(point) => point?.errors ?? 0} />}
      />
      <StatTile
        label="Refused"
        value={sums && count(sums.refused)}
        hint={hint((sums) => share(sums.refused, sums.calls))}
        chart={<Line course={drawn} label="Refused calls over time" of={(point) => point?.refused ?? 0} />}
        link={callsLink(view, { ending: 'refused' })}
      />
      <StatTile
        label="Median time"
        value={sums && (typeof sums.p50 === 'number' ? duration(sums.p50) : '–')}
        hint={hint((sums) => (typeof sums.p99 === 'number' ? `p99 ${duration(sums.p99)}` : 'p99 –'))}
        chart={<Line course={drawn} label="Median duration over time" of={(point) => point?.p50 ?? null} />}
      />
      <StatTile
        label="Tokens"
        value={sums && countShort(sums.prompt_tokens + sums.output_tokens)}
        hint={hint((sums) => `${countShort(sums.prompt_tokens)} in, ${countShort(sums.output_tokens)} out`)}
        chart={<Line course={drawn} label="Tokens over time" of={tokens} />}
      />
      <StatTile
        label="Cost"
        value={sums && <Money amount={sums.cost} short />}
        hint={hint(each)}
        chart={<CostLine course={drawn} />}
      />
    </StatTiles>
  );
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'of no calls' : `${percent(part / whole)} of calls`;
}

/** What a call cost on average. */
function each({ cost, calls }: Sums): string {
  return calls === 0 ? 'no calls' : `${formatShort(roughly(parse(cost) / BigInt(calls)))} a call`;
}

function tokens(point: Point): number {
  return point ? point.prompt_tokens + point.output_tokens : 0;
}

function Line({
  course,
  label,
  of,
}: {
  course?: Course;
  label: string;
  of: (point: Point) => number | null;
}) {
  // Where no call was there is no time that it took, which is not the same as none.
  const values = course?.points.map(of).filter((value) => value !== null);
  return values ? <Sparkline label={label} values={values} /> : null;
}

function CostLine({ course }: { course?: Course }) {
  const values = useMemo(() => {
    const costs = course?.points.map((point) => point?.cost ?? '0') ?? [];
    const most = largest(costs);
    return costs.map((cost) => perMille(cost, most));
  }, [course]);
  return <Sparkline label="Cost over time" values={values} />;
}
