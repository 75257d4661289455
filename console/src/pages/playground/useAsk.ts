import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { problemFrom } from '@/api/problem';
import { useSession } from '@/api/session';
import { piecesOf } from './answer';
import type { Piece } from './conversation';
import { type Dialect, sentOf } from './dialects';
import type { ChatRequest } from './request';

/** What makes calls: one at a time, told piece by piece, stopped when the page is left. */
export interface Asking {
  busy: boolean;
  /** Makes a call as an application; what comes is told under the id of the turn. */
  ask: (id: number, application: string, request: ChatRequest, dialect: Dialect) => Promise<void>;
  stop: () => void;
}

/** Calls from the playground. The answers are the gateway's own, so they are read here and not by the client. */
export function useAsk(tell: (id: number, piece: Piece) => void): Asking {
  const { csrf } = useSession();
  const queries = useQueryClient();
  const current = useRef<AbortController>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => () => current.current?.abort(), []);

  const ask = async (id: number, application: string, request: ChatRequest, dialect: Dialect) => {
    const control = new AbortController();
    const { signal } = control;
    current.current = control;
    const { path, body } = sentOf(dialect, request);
    let began = false;
    setBusy(true);
    try {
      const response = await fetch(playgroundAt(application, path), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': csrf ?? '' },
        body: JSON.stringify(body),
        signal,
      });
      for await (const piece of piecesOf(response, dialect)) {
        began ||= Boolean(piece.text || piece.thoughts);
        tell(id, piece);
      }
      // Only a session that has ended is answered so: the key of the call is the gateway's own.
      if (response.status === 401) void queries.invalidateQueries({ queryKey: ['session'] });
    } catch (error) {
      if (signal.aborted) tell(id, { state: 'stopped' });
      else tell(id, { state: began ? 'cut' : 'refused', refused: problemFrom(error) });
    } finally {
      setBusy(false);
    }
  };

  return { busy, ask, stop: () => current.current?.abort() };
}

/** Where the admin API takes a call of the gateway's on behalf of an application. */
export function playgroundAt(application: string, path: string): string {
  return `/api/v1/playground?${new URLSearchParams({ application, path })}`;
}
