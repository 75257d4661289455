/** One stream of events for the whole console: calls as they end, and new revisions. */
import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import type { Schemas } from './client';

/** `live`: events come; `reconnecting`: they did, and will again; `off`: the stream cannot be had, or is not wanted. */
export type LiveState = 'live' | 'reconnecting' | 'off';

/** Calls that ended since the last event, the newest last, and how many more there were than could be sent. */
export type LiveCalls = Schemas['CallsEvent'];

const ADDRESS = '/api/v1/events';
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
/** After so many failures in a row the stream counts as off; it is tried all the same, seldom. */
const PATIENCE = 4;

let state: LiveState = 'off';
const watchers = new Set<() => void>();
const listeners = new Set<(calls: LiveCalls) => void>();

function enter(next: LiveState) {
  if (next === state) return;
  state = next;
  for (const watcher of watchers) watcher();
}

/** Opens the stream and keeps it open; returns what closes it. Called once, by the shell. */
export function startLive(queries: QueryClient): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let failures = 0;

  const open = () => {
    source = new EventSource(ADDRESS);
    source.onopen = () => {
      // What happened while the stream was away is not sent again.
      if (failures > 0) void queries.invalidateQueries();
      failures = 0;
      enter('live');
    };
    source.onerror = () => {
      source?.close();
      failures += 1;
      enter(failures > PATIENCE ? 'off' : 'reconnecting');
      // The stream also breaks because the session has ended, which only the session itself can tell.
      void queries.invalidateQueries({ queryKey: ['session'], exact: true });
      timer = window.setTimeout(open, Math.min(SHORTEST_WAIT * 2 ** (failures - 1), LONGEST_WAIT));
    };
    source.addEventListener('calls', (event) => {
      const calls: LiveCalls = JSON.parse(event.data);
      for (const listener of listeners) listener(calls);
    });
    source.addEventListener('revision', () => {
      void queries.invalidateQueries({ queryKey: ['config'] });
      void queries.invalidateQueries({ queryKey: ['money'] });
    });
  };

  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
    enter('off');
  };
}

/** The state of the stream, to be shown. */
export function useLive(): LiveState {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => state,
  );
}

/** Hands every batch of calls to `onCalls`, as long as the component is there. */
export function useLiveCalls(onCalls: (calls: LiveCalls) => void): void {
  const handle = useEffectEvent(onCalls);
  useEffect(() => {
    const listener = (calls: LiveCalls) => handle(calls);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
}
