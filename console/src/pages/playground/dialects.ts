/** The dialects that the playground speaks: how a conversation is sent in each. Pure. */
import type { ChatRequest, Message } from './request';

/** The dialects, with the names by which people know them. */
export const DIALECTS = [
  { value: 'openai-chat', label: 'OpenAI chat' },
  { value: 'openai-responses', label: 'OpenAI responses' },
  { value: 'anthropic-messages', label: 'Anthropic messages' },
  { value: 'gemini', label: 'Gemini' },
] as const;

export type Dialect = (typeof DIALECTS)[number]['value'];

/** The dialect that a word of the address stands for. */
export function dialectOf(word: string | undefined): Dialect {
  return DIALECTS.find(({ value }) => value === word)?.value ?? 'openai-chat';
}

/** A call as it is sent: the gateway's path with its query, and the body. */
export interface Sent {
  path: string;
  body: object;
}

/** Anthropic's dialect does not go without a limit. */
export const USUAL_MAX_TOKENS = 1024;

/** A conversation in a dialect. What the dialect has no word for is left out. */
export function sentOf(dialect: Dialect, request: ChatRequest): Sent {
  switch (dialect) {
    case 'openai-chat':
      return { path: '/v1/chat/completions', body: request };
    case 'openai-responses':
      return { path: '/v1/responses', body: responsesOf(request) };
    case 'anthropic-messages':
      return { path: '/v1/messages', body: messagesOf(request) };
    case 'gemini': {
      const verb = request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
      return { path: `/v1beta/models/${encodeURI(request.model)}:${verb}`, body: geminiOf(request) };
    }
  }
}

/** The parameters that a dialect has no word for, of those that are set. */
export function unsaid(dialect: Dialect, request: ChatRequest): string[] {
  return dialect === 'openai-responses' && request.stop ? ['stop'] : [];
}

/** The system prompt, and what was said after it. */
function parts({ messages }: ChatRequest): [string | undefined, Message[]] {
  const [first, ...rest] = messages;
  return first?.role === 'system' ? [first.content, rest] : [undefined, messages];
}

function responsesOf(request: ChatRequest): object {
  const [instructions, input] = parts(request);
  const { model, temperature, top_p, max_tokens, stream } = request;
  return given({
    model,
    instructions,
    input,
    temperature,
    top_p,
    max_output_tokens: max_tokens,
    store: false,
    stream,
  });
}

function messagesOf(request: ChatRequest): object {
  const [system, messages] = parts(request);
  const { model, temperature, top_p, max_tokens, stop, stream } = request;
  return given({
    model,
    max_tokens: max_tokens ?? USUAL_MAX_TOKENS,
    system,
    messages,
    temperature,
    top_p,
    stop_sequences: stop,
    stream,
  });
}

function geminiOf(request: ChatRequest): object {
  const [system, messages] = parts(request);
  const { temperature, top_p, max_tokens, stop } = request;
  const generationConfig = given({
    temperature,
    topP: top_p,
    maxOutputTokens: max_tokens,
    stopSequences: stop,
  });
  return given({
    systemInstruction: system === undefined ? undefined : { parts: [{ text: system }] },
    contents: messages.map(({ role, content }) => ({
      role: role === 'assistant' ? 'model' : 'user',
      parts: [{ text: content }],
    })),
    generationConfig: Object.keys(generationConfig).length > 0 ? generationConfig : undefined,
  });
}

/** An object without what is undefined. */
function given(members: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
