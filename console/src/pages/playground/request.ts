/** What the playground sends: a chat completion in OpenAI's dialect, with nothing in it that was not set. */
import { spoken, type Turn } from './conversation';

/** The parameters as they are typed; an empty one is not sent. */
export interface Parameters {
  temperature: string;
  top_p: string;
  max_tokens: string;
  /** Texts at which the model ends; `\n` in them means a new line. */
  stop: string[];
  stream: boolean;
}

/** The names of the parameters, as they stand in the address. */
export const PARAMETERS = ['temperature', 'top_p', 'max_tokens', 'stop', 'stream'] as const;

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** The body of a call. */
export interface ChatRequest {
  model: string;
  messages: Message[];
  temperature?: number;
  top_p?: number;
  max_tokens?: number;
  stop?: string[];
  stream?: true;
  stream_options?: { include_usage: true };
}

/** The parameters that an address sets. */
export function readParameters(search: Partial<Record<string, string>>): Parameters {
  return {
    temperature: search.temperature ?? '',
    top_p: search.top_p ?? '',
    max_tokens: search.max_tokens ?? '',
    stop: search.stop?.split('\n').filter(Boolean) ?? [],
    stream: search.stream !== 'off',
  };
}

/** The parameters as they stand in the address; undefined for what is as usual. */
export function writeParameters(parameters: Parameters): Partial<Record<string, string>> {
  const { stop, stream, ...numbers } = parameters;
  const set = Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, text || undefined]));
  return { ...set, stop: stop.join('\n') || undefined, stream: stream ? undefined : 'off' };
}

/** The body for a conversation. A stream is asked for its usage, which carries the cost. */
export function requestOf(call: {
  model: string;
  system: string;
  turns: Turn[];
  parameters: Parameters;
}): ChatRequest {
  const { model, system, turns, parameters } = call;
  const messages: Message[] = spoken(turns).map(({ role, text }) => ({ role, content: text }));
  if (system.trim()) messages.unshift({ role: 'system', content: system });
  const request: ChatRequest = { model, messages };
  for (const name of ['temperature', 'top_p', 'max_tokens'] as const) {
    const value = numberOf(parameters[name]);
    if (value !== undefined) request[name] = value;
  }
  if (parameters.stop.length > 0) request.stop = parameters.stop.map(unescaped);
  if (parameters.stream) {
    request.stream = true;
    request.stream_options = { include_usage: true };
  }
  return request;
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

function unescaped(text: string): string {
  return text.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
}
