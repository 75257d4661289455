/** How the gateway's answers are read: whole, as a stream of events, or as a refusal. */
import type { Piece, Refused } from './conversation';
import type { Dialect } from './dialects';
import { type Json, number, object, parsed, text } from './json';
import { READERS } from './readers';

/** The data of server-sent events, one by one, however the bytes are cut. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value = '' } = await reader.read();
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines) {
        if (line.startsWith('data:')) yield line.slice(5).trim();
      }
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** All that an answer tells, piece by piece as it comes; the last one has a state. */
export async function* piecesOf(response: Response, dialect: Dialect = 'openai-chat'): AsyncGenerator<Piece> {
  yield readHead(response.headers);
  if (!response.ok) {
    yield { state: 'refused', refused: readRefusal(await response.text(), response.status) };
    return;
  }
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (!streamed || !response.body) {
    yield { ...READERS[dialect].whole(await response.text()), state: 'whole' };
    return;
  }
  let ended = false;
  for await (const data of eventsOf(response.body)) {
    const piece = readEvent(data, dialect);
    ended ||= piece.state !== undefined;
    yield piece;
  }
  if (!ended) yield { state: 'cut', refused: BROKEN };
}

const BROKEN: Refused = {
  status: 0,
  title: 'The answer broke off',
  detail: 'The connection ended before the answer did.',
};

/** What one event of a stream tells. An error in it cuts the answer off, in every dialect. */
export function readEvent(data: string, dialect: Dialect): Piece {
  const { error, type, response } = parsed(data);
  if (error || type === 'error') return { state: 'cut', refused: refusedBy(parsed(data), 0) };
  if (type === 'response.failed') return { state: 'cut', refused: refusedBy(object(response), 0) };
  return READERS[dialect].event(data);
}

/** What the head of an answer tells. */
export function readHead(headers: Headers): Piece {
  const word = (name: string) => headers.get(`x-tollgate-${name}`) ?? undefined;
  return { call: word('call'), provider: word('provider'), cost: word('cost-usd') };
}

/** The refusal in the body of an answer that is no success: the gateway's, or one of the admin API. */
export function readRefusal(body: string, status: number): Refused {
  return refusedBy(parsed(body), status);
}

function refusedBy(problem: Json, status: number): Refused {
  const error = object(problem.error);
  return {
    status: typeof problem.status === 'number' ? problem.status : status,
    title: text(problem.title) ?? 'The call failed',
    detail:
      text(problem.detail) ?? text(error.message) ?? text(problem.message) ?? 'The answer does not say why.',
    fix: text(problem.fix),
    after: number(object(problem.retry).after_s),
    reason: text(problem.reason) ?? text(problem.code) ?? text(error.code) ?? text(error.type),
  };
}
