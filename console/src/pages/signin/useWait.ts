import { useEffect, useState } from 'react';
import { ProblemError } from '@/api/problem';

/** How many seconds an error asks to wait before the next attempt, counted down to 0. */
export function useWait(error: Error | null): number {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  const asked = error instanceof ProblemError && error.status === 429 ? (error.retryAfter ?? 5) : 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each error begins the wait anew, also for as long
  useEffect(() => {
    const begun = Date.now();
    setNow(begun);
    setUntil(begun + asked * 1000);
  }, [error, asked]);

  const over = now >= until;
  useEffect(() => {
    if (over) return;
    const timer = window.setInterval(() => setNow(Date.now()), 250);
    return () => window.clearInterval(timer);
  }, [over]);

  return Math.max(Math.ceil((until - now) / 1000), 0);
}
