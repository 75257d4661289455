import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSession } from '@/api/session';
import { readHead, readRefusal } from './answer';
import type { Answer, Refused } from './conversation';
import { type Asked, bodyOf, type Result, resultOf, type Task } from './tasks';
import { playgroundAt } from './useAsk';

/** What came of a call: a result or a refusal, and what is known of the call. */
export interface Done {
  answer: Answer;
  result?: Result;
}

/** Makes a call for a task, as an application. */
export function useTask(task: Task, application: string | undefined) {
  const { csrf } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (asked: Asked): Promise<Done> => {
      const body = bodyOf(task, asked);
      const form = body instanceof FormData;
      const response = await fetch(playgroundAt(application ?? '', task.path), {
        method: 'POST',
        headers: { 'x-csrf-token': csrf ?? '', ...(!form && { 'content-type': 'application/json' }) },
        body: form ? body : JSON.stringify(body),
      });
      // Only a session that has ended is answered so: the key of the call is the gateway's own.
      if (response.status === 401) void queries.invalidateQueries({ queryKey: ['session'] });
      const head = readHead(response.headers);
      const known = { ...head, thoughts: '', tools: [] };
      if (!response.ok) {
        const refused: Refused = readRefusal(await response.text(), response.status);
        return { answer: { ...known, state: 'refused', refused } };
      }
      const answer: Answer = { ...known, state: 'whole' };
      const kind = response.headers.get('content-type') ?? '';
      if (kind.startsWith('audio/')) {
        return { answer, result: { kind: 'sound', src: await dataUrl(await response.blob()) } };
      }
      return { answer, result: resultOf(task, await response.text(), asked.text) };
    },
    gcTime: 0,
  });
}

/** A blob as an address that holds it whole. */
function dataUrl(blob: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}
