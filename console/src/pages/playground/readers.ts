/** How the answers of each dialect are read, as a whole and event by event. Pure. */
import type { Piece } from './conversation';
import type { Dialect } from './dialects';
import { type Json, number, object, objects, parsed, text } from './json';

/** What reads the answers of one dialect. */
export interface Reader {
  /** What one event of a stream tells. */
  event: (data: string) => Piece;
  /** What a whole answer tells. Its cost stands in a header. */
  whole: (body: string) => Piece;
}

/** The text, thoughts and the like that a message, or the newest piece of one, says. */
function said(message: Json): Piece {
  return {
    text: text(message.content) ?? text(message.refusal),
    thoughts: text(message.reasoning_content) ?? text(message.reasoning),
    tools: objects(message.tool_calls).map((tool, place) => ({
      index: number(tool.index) ?? place,
      name: text(object(tool.function).name),
      arguments: text(object(tool.function).arguments),
    })),
  };
}

/**
 * The tokens and the cost. The cost is taken from the letters of the answer, since JSON's numbers would
 * make a Number of it, and money never is one.
 */
function chatUsage(answer: Json, letters: string): Pick<Piece, 'prompt' | 'output' | 'cost'> {
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

const CHAT: Reader = {
  event: (data) => {
    if (data === '[DONE]') return { state: 'whole' };
    const event = parsed(data);
    const choice = object(objects(event.choices)[0]);
    return { ...said(object(choice.delta)), finish: text(choice.finish_reason), ...chatUsage(event, data) };
  },
  whole: (body) => {
    const answer = parsed(body);
    const choice = object(objects(answer.choices)[0]);
    const { cost: _, ...usage } = chatUsage(answer, body);
    return { ...said(object(choice.message)), finish: text(choice.finish_reason), ...usage };
  },
};

/** What a response tells that has ended: its usage, and why it ended where it is not whole. */
function ended(response: Json): Piece {
  const usage = object(response.usage);
  const reason = text(object(response.incomplete_details).reason);
  return {
    prompt: number(usage.input_tokens),
    output: number(usage.output_tokens),
    finish: reason === 'max_output_tokens' ? 'length' : reason,
    state: 'whole',
  };
}

const RESPONSES: Reader = {
  event: (data) => {
    const event = parsed(data);
    const item = object(event.item);
    const index = number(event.output_index) ?? 0;
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return { text: text(event.delta) };
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return { thoughts: text(event.delta) };
      case 'response.output_item.added':
        return item.type === 'function_call' ? { tools: [{ index, name: text(item.name) }] } : {};
      case 'response.function_call_arguments.delta':
        return { tools: [{ index, arguments: text(event.delta) }] };
      case 'response.completed':
      case 'response.incomplete':
        return ended(object(event.response));
      default:
        return {};
    }
  },
  whole: (body) => {
    const answer = parsed(body);
    const items = objects(answer.output);
    const texts = items.filter(({ type }) => type === 'message').flatMap(({ content }) => objects(content));
    const thoughts = items
      .filter(({ type }) => type === 'reasoning')
      .flatMap((item) => objects(item.summary));
    return {
      ...ended(answer),
      text: texts.map((part) => text(part.text) ?? text(part.refusal) ?? '').join(''),
      thoughts: thoughts.map((part) => text(part.text) ?? '').join(''),
      tools: items
        .filter(({ type }) => type === 'function_call')
        .map((item, index) => ({ index, name: text(item.name), arguments: text(item.arguments) })),
    };
  },
};

const STOPS: Record<string, string> = { max_tokens: 'length', refusal: 'content_filter' };

/** Why a message of Anthropic's ended, in OpenAI's words where there is one. */
function stopOf(message: Json): string | undefined {
  const reason = text(message.stop_reason);
  return reason && (STOPS[reason] ?? reason);
}

const MESSAGES: Reader = {
  event: (data) => {
    const event = parsed(data);
    const delta = object(event.delta);
    const block = object(event.content_block);
    const index = number(event.index) ?? 0;
    switch (event.type) {
      case 'message_start':
        return { prompt: number(object(object(event.message).usage).input_tokens) };
      case 'content_block_start':
        return block.type === 'tool_use' ? { tools: [{ index, name: text(block.name) }] } : {};
      case 'content_block_delta':
        return {
          text: text(delta.text),
          thoughts: text(delta.thinking),
          tools: delta.type === 'input_json_delta' ? [{ index, arguments: text(delta.partial_json) }] : [],
        };
      case 'message_delta':
        return { finish: stopOf(delta), output: number(object(event.usage).output_tokens) };
      case 'message_stop':
        return { state: 'whole' };
      default:
        return {};
    }
  },
  whole: (body) => {
    const answer = parsed(body);
    const blocks = objects(answer.content);
    const usage = object(answer.usage);
    return {
      text: blocks.map((block) => text(block.text) ?? '').join(''),
      thoughts: blocks.map((block) => text(block.thinking) ?? '').join(''),
      tools: blocks
        .filter(({ type }) => type === 'tool_use')
        .map((block, index) => ({ index, name: text(block.name), arguments: JSON.stringify(block.input) })),
      finish: stopOf(answer),
      prompt: number(usage.input_tokens),
      output: number(usage.output_tokens),
    };
  },
};

const FINISHES: Record<string, string> = { STOP: 'stop', MAX_TOKENS: 'length', SAFETY: 'content_filter' };

function geminiPiece(data: string): Piece {
  const answer = parsed(data);
  const candidate = object(objects(answer.candidates)[0]);
  const parts = objects(object(candidate.content).parts);
  const joined = (some: Json[]) => some.map((part) => text(part.text) ?? '').join('');
  const usage = object(answer.usageMetadata);
  const output = number(usage.candidatesTokenCount);
  const finish = text(candidate.finishReason);
  return {
    text: joined(parts.filter(({ thought }) => thought !== true)),
    thoughts: joined(parts.filter(({ thought }) => thought === true)),
    tools: parts
      .filter(({ functionCall }) => functionCall !== undefined)
      .map(({ functionCall }, index) => {
        const call = object(functionCall);
        return { index, name: text(call.name), arguments: JSON.stringify(call.args ?? {}) };
      }),
    finish: finish && (FINISHES[finish] ?? finish),
    prompt: number(usage.promptTokenCount),
    output: output === undefined ? undefined : output + (number(usage.thoughtsTokenCount) ?? 0),
    // No event says that the stream is whole: a reason for its end is all that there is.
    state: finish ? 'whole' : undefined,
  };
}

const GEMINI: Reader = { event: geminiPiece, whole: geminiPiece };

/** What reads the answers of each dialect. */
export const READERS: Record<Dialect, Reader> = {
  'openai-chat': CHAT,
  'openai-responses': RESPONSES,
  'anthropic-messages': MESSAGES,
  gemini: GEMINI,
};
