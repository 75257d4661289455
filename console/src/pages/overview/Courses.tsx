import { SegmentedControl, Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import type { Course } from '@/api/slots';
import { useCourse } from '@/api/usage';
import { duration } from '@/format';
import { atPerMille, format, formatShort, perMille } from '@/money';
import { Panel } from '@/parts/Panel';
import { TimeChart } from '@/parts/TimeChart';
import { useParam } from '@/search';
import { latencies, outcomes } from '../calls/outcomes';
import { largest, roundAbove } from './amounts';
import classes from './overview.module.css';
import { usageOf, type View } from './view';

const HEIGHT = 190;
const LEGEND = 23;

/** The course of calls, and of cost or time. */
export function Courses(view: View) {
  const { course, data, error } = useCourse(usageOf(view));
  const [kind = 'cost', setKind] = useParam('course');
  const slot = data?.slot ?? 'slot';
  // The tiles above tell of it.
  if (error && !course) return null;
  return (
    <div className={classes.split}>
      <Panel title="Calls">{course ? <Calls course={course} slot={slot} /> : <Waiting />}</Panel>
      <Panel
        title={kind === 'cost' ? 'Cost' : 'Time taken'}
        aside={
          <SegmentedControl
            size="xs"
            aria-label="What the chart shows"
            data={[
              { value: 'cost', label: 'Cost' },
              { value: 'latency', label: 'Latency' },
            ]}
            value={kind}
            onChange={(value) => setKind(value === 'cost' ? undefined : value)}
          />
        }
      >
        {!course ? (
          <Waiting />
        ) : kind === 'cost' ? (
          <Cost course={course} slot={slot} />
        ) : (
          <Latency course={course} slot={slot} />
        )}
      </Panel>
    </div>
  );
}

interface Shown {
  course: Course;
  slot: string;
}

function Calls({ course, slot }: Shown) {
  const series = useMemo(() => outcomes(course), [course]);
  return <TimeChart label={`Calls per ${slot}`} times={course.times} series={series} height={HEIGHT} />;
}

function Cost({ course, slot }: Shown) {
  const { series, axis, most } = useMemo(() => {
    const costs = course.points.map((point) => point?.cost ?? '0');
    const most = largest(costs);
    const whole = roundAbove(most);
    return {
      most,
      series: [
        {
          label: 'Cost',
          color: '1' as const,
          values: costs.map((cost) => perMille(cost, whole)),
          text: (index: number) => format(costs[index] ?? '0'),
        },
      ],
      axis: (share: number) => (share === 0 ? '$0' : formatShort(atPerMille(share, whole))),
    };
  }, [course]);
  if (most === 0n) return <p className={classes.nothing}>Nothing was charged in this time.</p>;
  return (
    <TimeChart
      label={`Cost per ${slot}`}
      times={course.times}
      series={series}
      axis={axis}
      height={HEIGHT + LEGEND}
    />
  );
}

function Latency({ course, slot }: Shown) {
  const series = useMemo(() => latencies(course), [course]);
  return (
    <TimeChart
      label={`Time taken per ${slot}`}
      times={course.times}
      series={series}
      axis={duration}
      kind="lines"
      height={HEIGHT}
    />
  );
}

function Waiting() {
  return <Skeleton height={HEIGHT + LEGEND} />;
}
