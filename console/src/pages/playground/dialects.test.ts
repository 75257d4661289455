import { describe, expect, it } from 'vitest';
import { piecesOf } from './answer';
import { converse, type Turn } from './conversation';
import { DIALECTS, type Dialect, dialectOf, sentOf, unsaid } from './dialects';
import type { ChatRequest } from './request';

const request: ChatRequest = {
  model: 'house/m 1',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Yes?' },
    { role: 'user', content: 'Well?' },
  ],
  temperature: 0.2,
  max_tokens: 8,
  stop: ['END'],
};

describe('a conversation in a dialect', () => {
  it('is sent as the dialect has it', () => {
    expect(sentOf('openai-chat', request)).toEqual({ path: '/v1/chat/completions', body: request });
    expect(sentOf('openai-responses', { ...request, stream: true })).toEqual({
      path: '/v1/responses',
      body: {
        model: 'house/m 1',
        instructions: 'Be brief.',
        input: request.messages.slice(1),
        temperature: 0.2,
        max_output_tokens: 8,
        store: false,
        stream: true,
      },
    });
    expect(sentOf('anthropic-messages', { ...request, max_tokens: undefined }).body).toMatchObject({
      max_tokens: 1024,
      system: 'Be brief.',
      stop_sequences: ['END'],
    });
    const gemini = sentOf('gemini', { ...request, stream: true });
    expect(gemini.path).toBe('/v1beta/models/house/m%201:streamGenerateContent?alt=sse');
    expect(gemini.body).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Yes?' }] },
        { role: 'user', parts: [{ text: 'Well?' }] },
      ],
      generationConfig: { temperature: 0.2, maxOutputTokens: 8, stopSequences: ['END'] },
    });
  });

  it('says what the dialect has no word for', () => {
    expect(unsaid('openai-responses', request)).toEqual(['stop']);
    expect(unsaid('gemini', request)).toEqual([]);
  });

  it('is OpenAI’s where the address says nothing that is known', () => {
    expect(dialectOf('gemini')).toBe('gemini');
    expect(dialectOf('latin')).toBe('openai-chat');
  });
});

/** The same answer in every dialect: a thought, `Hi there`, a call of a tool, 5 tokens in and 7 out, at the limit. */
const STREAMS: Record<Dialect, object[]> = {
  'openai-chat': [
    { choices: [{ delta: { reasoning_content: 'hm' } }] },
    { choices: [{ delta: { content: 'Hi ' } }] },
    { choices: [{ delta: { content: 'there' } }] },
    { choices: [{ delta: { tool_calls: [{ index: 0, function: { name: 'f', arguments: '{"a"' } }] } }] },
    { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] } }] },
    { choices: [{ delta: {}, finish_reason: 'length' }], usage: { prompt_tokens: 5, completion_tokens: 7 } },
  ],
  'openai-responses': [
    { type: 'response.created', response: {} },
    { type: 'response.reasoning_summary_text.delta', delta: 'hm' },
    { type: 'response.output_text.delta', delta: 'Hi ' },
    { type: 'response.output_text.delta', delta: 'there' },
    { type: 'response.output_item.added', output_index: 0, item: { type: 'function_call', name: 'f' } },
    { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a":1}' },
    {
      type: 'response.incomplete',
      response: {
        incomplete_details: { reason: 'max_output_tokens' },
        usage: { input_tokens: 5, output_tokens: 7 },
      },
    },
  ],
  'anthropic-messages': [
    { type: 'message_start', message: { usage: { input_tokens: 5 } } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hi ' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'there' } },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', name: 'f' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
    { type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ],
  gemini: [
    { candidates: [{ content: { parts: [{ text: 'hm', thought: true }, { text: 'Hi ' }] } }] },
    {
      candidates: [
        {
          content: { parts: [{ text: 'there' }, { functionCall: { name: 'f', args: { a: 1 } } }] },
          finishReason: 'MAX_TOKENS',
        },
      ],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 4, thoughtsTokenCount: 3 },
    },
  ],
};

const WHOLE: Record<Dialect, object> = {
  'openai-chat': {
    choices: [
      {
        message: {
          content: 'Hi there',
          reasoning_content: 'hm',
          tool_calls: [{ function: { name: 'f', arguments: '{"a":1}' } }],
        },
        finish_reason: 'length',
      },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 7 },
  },
  'openai-responses': {
    output: [
      { type: 'reasoning', summary: [{ text: 'hm' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'Hi there' }] },
      { type: 'function_call', name: 'f', arguments: '{"a":1}' },
    ],
    incomplete_details: { reason: 'max_output_tokens' },
    usage: { input_tokens: 5, output_tokens: 7 },
  },
  'anthropic-messages': {
    content: [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'Hi there' },
      { type: 'tool_use', name: 'f', input: { a: 1 } },
    ],
    stop_reason: 'max_tokens',
    usage: { input_tokens: 5, output_tokens: 7 },
  },
  gemini: {
    candidates: [
      {
        content: {
          parts: [
            { text: 'hm', thought: true },
            { text: 'Hi there' },
            { functionCall: { name: 'f', args: { a: 1 } } },
          ],
        },
        finishReason: 'MAX_TOKENS',
      },
    ],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 4, thoughtsTokenCount: 3 },
  },
};

async function told(response: Response, dialect: Dialect): Promise<Turn | undefined> {
  let turns = converse([], { do: 'ask', id: 1 });
  for await (const piece of piecesOf(response, dialect))
    turns = converse(turns, { do: 'tell', id: 1, piece });
  return turns[0];
}

const eventStream = (events: (object | string)[]) =>
  new Response(
    events.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join(''),
    { headers: { 'content-type': 'text/event-stream' } },
  );

describe('an answer in a dialect', () => {
  const whole = {
    text: 'Hi there',
    answer: {
      state: 'whole',
      thoughts: 'hm',
      tools: [{ name: 'f', arguments: '{"a":1}' }],
      finish: 'length',
      prompt: 5,
      output: 7,
    },
  };
  for (const { value: dialect } of DIALECTS) {
    it(`is read alike as a stream and as a whole: ${dialect}`, async () => {
      const end = dialect === 'openai-chat' ? ['[DONE]'] : [];
      expect(await told(eventStream([...STREAMS[dialect], ...end]), dialect)).toMatchObject(whole);
      const answer = new Response(JSON.stringify(WHOLE[dialect]), {
        headers: { 'content-type': 'application/json' },
      });
      expect(await told(answer, dialect)).toMatchObject(whole);
    });

    it(`is cut where its stream ends before it does: ${dialect}`, async () => {
      const first = STREAMS[dialect].slice(0, 1);
      expect(await told(eventStream(first), dialect)).toMatchObject({ answer: { state: 'cut' } });
    });
  }

  it('tells an error that comes in the stream', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Busy.' } };
    expect(await told(eventStream([error]), 'anthropic-messages')).toMatchObject({
      answer: { state: 'cut', refused: { detail: 'Busy.', reason: 'overloaded_error' } },
    });
  });
});
