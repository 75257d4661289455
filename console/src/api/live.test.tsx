import { QueryClient } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LiveCalls, startLive, useLive, useLiveCalls } from './live';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

/** A stream that the test holds in its hands. */
class Source extends EventTarget {
  static all: Source[] = [];
  onopen?: () => void;
  onerror?: () => void;
  closed = false;
  constructor(readonly address: string) {
    super();
    Source.all.push(this);
  }
  close() {
    this.closed = true;
  }
  tell(type: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

const newest = () => {
  const source = Source.all.at(-1);
  if (!source) throw new Error('no stream was opened');
  return source;
};

let stop: () => void;
let place: HTMLElement;
let unmount: () => void;
const queries = new QueryClient();
const got: LiveCalls[] = [];

function Watcher() {
  useLiveCalls((calls) => void got.push(calls));
  return useLive();
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Source);
  Source.all = [];
  got.length = 0;
  place = document.createElement('div');
  const root = createRoot(place);
  await act(async () => root.render(<Watcher />));
  unmount = () => root.unmount();
  stop = startLive(queries);
});

afterEach(async () => {
  await act(async () => {
    stop();
    unmount();
  });
  vi.useRealTimers();
});

describe('the live stream', () => {
  it('is live once it is open, and hands calls on', async () => {
    expect(place.textContent).toBe('off');
    await act(async () => newest().onopen?.());
    expect(place.textContent).toBe('live');
    await act(async () => newest().tell('calls', { items: [], missed: 3 }));
    expect(got).toEqual([{ items: [], missed: 3 }]);
  });

  it('opens again after it broke, and asks anew for what it may have missed', async () => {
    const asked = vi.spyOn(queries, 'invalidateQueries');
    await act(async () => newest().onopen?.());
    await act(async () => newest().onerror?.());
    expect(place.textContent).toBe('reconnecting');
    expect(Source.all[0]?.closed).toBe(true);
    await act(async () => vi.advanceTimersByTime(1000));
    expect(Source.all).toHaveLength(2);
    asked.mockClear();
    await act(async () => newest().onopen?.());
    expect(place.textContent).toBe('live');
    expect(asked).toHaveBeenCalled();
  });

  it('asks whether the session still holds when it breaks', async () => {
    await act(async () => newest().onopen?.());
    const asked = vi.spyOn(queries, 'invalidateQueries');
    asked.mockClear();
    await act(async () => newest().onerror?.());
    expect(asked.mock.calls.map(([filter]) => filter)).toContainEqual({ queryKey: ['session'], exact: true });
  });

  it('waits longer after each failure, and says at last that it is off', async () => {
    for (const wait of [1000, 2000, 4000, 8000]) {
      await act(async () => newest().onerror?.());
      const before = Source.all.length;
      await act(async () => vi.advanceTimersByTime(wait - 1));
      expect(Source.all).toHaveLength(before);
      await act(async () => vi.advanceTimersByTime(1));
      expect(Source.all).toHaveLength(before + 1);
    }
    await act(async () => newest().onerror?.());
    expect(place.textContent).toBe('off');
  });

  it('makes the answers about the configuration old with a new revision', async () => {
    const asked = vi.spyOn(queries, 'invalidateQueries');
    asked.mockClear();
    await act(async () => newest().tell('revision', { revision: 7 }));
    expect(asked.mock.calls.map(([filter]) => filter?.queryKey)).toContainEqual(['config']);
  });

  it('ends with the shell', async () => {
    await act(async () => newest().onopen?.());
    await act(async () => stop());
    expect(newest().closed).toBe(true);
    expect(place.textContent).toBe('off');
  });
});
