import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { useCourse } from '@/api/usage';
import { ErrorState } from '@/parts/ErrorState';
import { TimeChart } from '@/parts/TimeChart';
import { useChangeParams } from '@/search';
import classes from './calls.module.css';
import { type CallFilter, sumsOf } from './filter';
import { outcomes } from './outcomes';

const HEIGHT = 104;
const WORDS = { minute: 'minute', hour: 'hour', day: 'day' } as const;

/** How many calls there were, slot by slot. Marking a span looks closer. */
export function Histogram({ filter }: { filter: CallFilter }) {
  const { course, data, error, refetch } = useCourse(sumsOf(filter));
  const change = useChangeParams();
  const series = useMemo(() => course && outcomes(course), [course]);

  if (error && !course) {
    return (
      <div className={classes.histogram}>
        <ErrorState error={error} retry={() => void refetch()} compact />
      </div>
    );
  }
  if (!course || !series || !data) return <Skeleton height={HEIGHT + 24} mb={16} />;

  if (course.points.every((point) => !point)) return null;

  // Whole slots, so that the columns and the list below them tell of the same calls.
  const moment = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  const zoom = (from: number, until: number) => {
    const { step } = course;
    // A column stands around the moment at which its slot begins.
    change({
      since: moment(Math.round(from / step) * step),
      until: moment((Math.round(until / step) + 1) * step),
      call: undefined,
    });
  };

  return (
    <div className={classes.histogram}>
      <TimeChart
        label={`Calls per ${WORDS[data.slot]}`}
        times={course.times}
        series={series}
        height={HEIGHT}
        onZoom={zoom}
      />
      {filter.key && <p className={classes.note}>The columns count the calls of all keys.</p>}
    </div>
  );
}
