import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { useLiveCalls } from '@/api/live';
import { type Paced, paced } from '@/api/paced';
import { usePaged } from '@/api/queries';
import { type CallFilter, matches, merged } from './filter';
import { arrived, LONGEST_TAIL, NO_TAIL, released, restarted, sizeOf } from './tail';

/** Calls of a page. */
const PAGE = 100;
/** Milliseconds from one time that the list starts afresh to the next, however fast calls end. */
const PACE = 2_000;

/**
 * The calls that a filter lets through, a page at a time, and those that end while one looks. With `following`
 * they come into the list by themselves; without, they wait until `show`.
 */
export function useList(filter: CallFilter, following: boolean) {
  const key = ['calls', 'list', filter] as const;
  const [tail, setTail] = useState(NO_TAIL);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [followed, setFollowed] = useState(following);
  const paged = usePaged(
    key,
    (before) => take(api.GET('/api/v1/calls', { params: { query: { ...filter, before, limit: PAGE } } })),
    { steady: true },
  );
  const restart = useRestart(key, tail.nth, (nth) => setTail((now) => restarted(now, nth)));

  const show = () => {
    if (tail.held > LONGEST_TAIL) return restart();
    setFresh(new Set(tail.waiting.flatMap(({ calls }) => calls.map(({ id }) => id))));
    setTail(released);
  };
  // What waited comes in when the tail is let go on.
  if (following !== followed) {
    setFollowed(following);
    if (following) setTail(released);
  }

  useLiveCalls(({ items, missed }: { items: Schemas['CallSummary'][]; missed: number }) => {
    const added = items.filter((call) => matches(call, filter));
    const tooLong = missed > 0 || sizeOf(tail.shown) + added.length > LONGEST_TAIL;
    // Whoever reads on an older page is not taken back to the first one.
    const older = (paged.rows?.length ?? 0) > PAGE;
    const hold = !following || (tooLong && older);
    setTail((now) => arrived(now, added, missed, hold));
    if (hold) return;
    setFresh(new Set(added.map(({ id }) => id)));
    if (tooLong) restart();
  });

  const news = tail.shown.flatMap(({ calls }) => calls);
  return {
    ...paged,
    rows: paged.rows && merged(paged.rows, news, paged.more.has),
    fresh,
    waiting: tail.held,
    missed: tail.missed,
    show,
    restart,
  };
}

/** Loads the newest page and forgets the others; `done` gets the number of the last event before the question. */
function useRestart(key: readonly unknown[], nth: number, done: (nth: number) => void): () => void {
  const queries = useQueryClient();
  const pace = useRef<Paced>(undefined);
  const work = useEffectEvent(async () => {
    queries.setQueryData<InfiniteData<unknown>>(
      key,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    await queries.refetchQueries({ queryKey: key, exact: true });
    done(nth);
  });
  useEffect(() => {
    const each = paced(() => work(), PACE);
    pace.current = each;
    return each.stop;
  }, []);
  return () => pace.current?.ask();
}
