import { describe, expect, it } from 'vitest';
import { eventsOf, piecesOf, readEvent as readEventOf, readHead, readRefusal } from './answer';
import type { Dialect } from './dialects';
import { READERS } from './readers';

const readEvent = (data: string, dialect: Dialect = 'openai-chat') => readEventOf(data, dialect);
const readWhole = READERS['openai-chat'].whole;

async function read(...chunks: string[]): Promise<string[]> {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of bytes) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: string[] = [];
  for await (const event of eventsOf(body)) events.push(event);
  return events;
}

describe('events of a stream', () => {
  it('are the same however the bytes are cut', async () => {
    const stream = ': alive\n\ndata: {"a":1}\r\n\r\ndata:[DONE]\n\n';
    expect(await read(stream)).toEqual(['{"a":1}', '[DONE]']);
    expect(await read(...stream)).toEqual(['{"a":1}', '[DONE]']);
  });

  it('end with the last line even where no line follows it', async () => {
    expect(await read('data: {"a":', '1}')).toEqual(['{"a":1}']);
  });
});

describe('an event', () => {
  it('tells text, thoughts and the end', () => {
    const delta = { choices: [{ delta: { content: 'Hi', reasoning_content: 'hm' }, finish_reason: 'stop' }] };
    expect(readEvent(JSON.stringify(delta))).toMatchObject({ text: 'Hi', thoughts: 'hm', finish: 'stop' });
    expect(readEvent('[DONE]')).toEqual({ state: 'whole' });
  });

  it('tells usage and the cost to its last digit', () => {
    const last = '{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"cost":0.000000123}}';
    expect(readEvent(last)).toMatchObject({ prompt: 12, output: 3, cost: '0.000000123' });
    const dear = '{"choices":[],"usage":{"prompt_tokens":1,"cost": 9007199.254740993 }}';
    expect(readEvent(dear).cost).toBe('9007199.254740993');
  });

  it('does not take a cost out of what the model says', () => {
    expect(readEvent('{"choices":[{"delta":{"content":"\\"cost\\":5"}}],"usage":null}').cost).toBeUndefined();
  });

  it('tells that the provider broke off', () => {
    const event =
      '{"error":{"message":"It broke off.","code":"upstream_bad_response"},"title":"Cut","status":502}';
    expect(readEvent(event)).toMatchObject({
      state: 'cut',
      refused: { title: 'Cut', detail: 'It broke off.', reason: 'upstream_bad_response', status: 502 },
    });
  });
});

describe('a whole answer', () => {
  it('tells text, tools and tokens', () => {
    const tool = { id: 'x', type: 'function', function: { name: 'weather', arguments: '{}' } };
    const message = { content: null, tool_calls: [tool] };
    const usage = { prompt_tokens: 5, completion_tokens: 7 };
    expect(
      readWhole(JSON.stringify({ choices: [{ message, finish_reason: 'tool_calls' }], usage })),
    ).toMatchObject({
      tools: [{ index: 0, name: 'weather', arguments: '{}' }],
      prompt: 5,
      output: 7,
    });
  });

  it('has its cost, call and provider in its head', () => {
    const headers = new Headers({ 'x-tollgate-call': 'call_1', 'x-tollgate-cost-usd': '0.0031' });
    expect(readHead(headers)).toEqual({ call: 'call_1', provider: undefined, cost: '0.0031' });
  });
});

describe('a refusal', () => {
  it('is told in the words of the gateway', () => {
    const body = {
      error: { message: 'The wallet is empty.', code: 'balance_exhausted' },
      title: 'The wallet is empty',
      detail: 'Team acme has nothing left.',
      fix: 'Top up.',
      reason: 'balance_exhausted',
      status: 402,
      retry: { safe: false, after_s: 90 },
    };
    expect(readRefusal(JSON.stringify(body), 402)).toEqual({
      status: 402,
      title: 'The wallet is empty',
      detail: 'Team acme has nothing left.',
      fix: 'Top up.',
      after: 90,
      reason: 'balance_exhausted',
    });
  });

  it('is told even where something else answered', () => {
    expect(readRefusal('<html>', 502)).toMatchObject({ status: 502, title: 'The call failed' });
  });
});

describe('an answer', () => {
  const states = async (response: Response) => {
    const found: unknown[] = [];
    for await (const { state } of piecesOf(response)) if (state) found.push(state);
    return found;
  };
  const stream = (text: string) =>
    new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });

  it('is whole when its stream says so, and cut when the stream just ends', async () => {
    expect(await states(stream('data: {"choices":[]}\n\ndata: [DONE]\n\n'))).toEqual(['whole']);
    expect(await states(stream('data: {"choices":[]}\n\n'))).toEqual(['cut']);
  });

  it('is refused where its status says so', async () => {
    expect(await states(new Response('{}', { status: 402 }))).toEqual(['refused']);
  });

  it('is read at once where it is no stream', async () => {
    expect(await states(new Response('{"choices":[]}'))).toEqual(['whole']);
  });
});
