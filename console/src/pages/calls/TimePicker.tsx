import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { dateTime } from '@/format';
import { RangePicker } from '@/parts/RangePicker';
import { useChangeParams } from '@/search';
import type { CallFilter } from './filter';
import { useUsualRange } from './usualRange';

/** Chooses the time: how far back, or a span that was marked, which can be taken away. */
export function TimePicker({ filter: { since, until } }: { filter: CallFilter }) {
  const change = useChangeParams();
  const usual = useUsualRange();
  const choose = (range: string) =>
    change({ since: range === usual ? undefined : range, until: undefined, call: undefined });
  const marked = until !== undefined || !Number.isNaN(Date.parse(since ?? ''));
  return (
    <>
      {marked && (
        <Button
          variant="light"
          size="xs"
          rightSection={<IconX size={13} />}
          aria-label={`Take away the time ${spanWords(since, until)}`}
          onClick={() => choose(usual)}
        >
          {spanWords(since, until)}
        </Button>
      )}
      <RangePicker value={marked ? '' : (since ?? usual)} onChange={choose} />
    </>
  );
}

/** `25 Nov, 04:00 – 05:00`, with the second day where it is another one. */
function spanWords(since: string | undefined, until: string | undefined): string {
  const words = (at: string | undefined) => {
    if (at === undefined || Number.isNaN(Date.parse(at))) return at;
    return dateTime(at)
      .replace(/ \d{4},/, ',')
      .replace(/:00$/, '');
  };
  const [from, to] = [words(since), words(until)];
  if (!to) return `since ${from}`;
  const [day, clock] = to.split(', ');
  return `${from} – ${day && clock && from?.startsWith(`${day},`) ? clock : to}`;
}
