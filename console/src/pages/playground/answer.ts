/** How the gateway's answers are read: whole, as a stream of events, or as a refusal. */
import type { Piece, Refused } from './conversation';

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
export async function* piecesOf(response: Response): AsyncGenerator<Piece> {
  yield readHead(response.headers);
  if (!response.ok) {
    yield { state: 'refused', refused: readRefusal(await response.text(), response.status) };
    return;
  }
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (!streamed || !response.body) {
    yield readWhole(await response.text());
    return;
  }
  let ended = false;
  for await (const data of eventsOf(response.body)) {
    const piece = readEvent(data);
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

/** What one event of a stream tells; `[DONE]` ends it. */
export function readEvent(data: string): Piece {
  if (data === '[DONE]') return { state: 'whole' };
  const event = parsed(data);
  if (event.error !== undefined) return { state: 'cut', refused: refusedBy(event, 0) };
  const choice = choiceOf(event);
  return { ...said(object(choice.delta)), finish: text(choice.finish_reason), ...usageOf(event, data) };
}

/** What a whole answer tells. Its cost stands in a header. */
export function readWhole(body: string): Piece {
  const answer = parsed(body);
  const choice = choiceOf(answer);
  const { cost: _, ...usage } = usageOf(answer, body);
  return { ...said(object(choice.message)), finish: text(choice.finish_reason), ...usage, state: 'whole' };
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

type Json = Record<string, unknown>;

function refusedBy(problem: Json, status: number): Refused {
  const error = object(problem.error);
  return {
    status: typeof problem.status === 'number' ? problem.status : status,
    title: text(problem.title) ?? 'The call failed',
    detail: text(problem.detail) ?? text(error.message) ?? 'The answer does not say why.',
    fix: text(problem.fix),
    after: number(object(problem.retry).after_s),
    reason: text(problem.reason) ?? text(problem.code) ?? text(error.code),
  };
}

/** What a message, or the newest piece of one, says. */
function said(message: Json): Piece {
  const tools = Array.isArray(message.tool_calls) ? message.tool_calls.map(object) : [];
  return {
    text: text(message.content) ?? text(message.refusal),
    thoughts: text(message.reasoning_content) ?? text(message.reasoning),
    tools: tools.map((tool, place) => ({
      index: typeof tool.index === 'number' ? tool.index : place,
      name: text(object(tool.function).name),
      arguments: text(object(tool.function).arguments),
    })),
  };
}

/**
 * The tokens and the cost. The cost is taken from the letters of the answer, since JSON's numbers would
 * make a Number of it, and money never is one.
 */
function usageOf(answer: Json, letters: string): Pick<Piece, 'prompt' | 'output' | 'cost'> {
  if (typeof answer.usage !== 'object' || answer.usage === null) return {};
  const usage = object(answer.usage);
  return {
    prompt: number(usage.prompt_tokens),
    output: number(usage.completion_tokens),
    cost: /"cost"\s*:\s*"?(\d+(?:\.\d{1,9})?)(?=["\s,}])/.exec(
      letters.slice(letters.lastIndexOf('"usage"')),
    )?.[1],
  };
}

function parsed(body: string): Json {
  try {
    return object(JSON.parse(body));
  } catch {
    return {};
  }
}

function choiceOf(answer: Json): Json {
  return object(Array.isArray(answer.choices) ? answer.choices[0] : undefined);
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
