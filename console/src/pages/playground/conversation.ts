/** What was said in the playground, and what came of each call. Pure: a state and the steps that change it. */

export type Role = 'user' | 'assistant';

/** Why a call got no answer, in the words of whoever said no. */
export interface Refused {
  /** The status; 0 where no answer came at all. */
  status: number;
  title: string;
  detail: string;
  /** What to do. */
  fix?: string;
  /** Seconds after which another try may fare better. */
  after?: number;
  /** The stable code, such as `hold_exceeds_balance`. */
  reason?: string;
}

/** A tool that the model wants called. */
export interface ToolCall {
  name: string;
  arguments: string;
}

/** `open`: it comes; `whole`; `stopped` by whoever looks; `refused`: nothing came; `cut`: it broke off. */
export type AnswerState = 'open' | 'whole' | 'stopped' | 'refused' | 'cut';

/** What is known of a call whose answer a turn is. */
export interface Answer {
  state: AnswerState;
  /** The call's id. */
  call?: string;
  provider?: string;
  /** Dollars, exactly as the gateway wrote them. */
  cost?: string;
  prompt?: number;
  output?: number;
  /** What the model thought before it answered, where its provider tells. */
  thoughts: string;
  tools: ToolCall[];
  refused?: Refused;
  /** Why the model ended, such as `stop` or `length`. */
  finish?: string;
}

/** One turn. Those with an `answer` came from a model, and may have been edited since. */
export interface Turn {
  id: number;
  role: Role;
  text: string;
  answer?: Answer;
}

/** What came newly of an answer: text is added, tools are gone on with, the rest replaces what was there. */
export interface Piece extends Partial<Omit<Answer, 'tools' | 'thoughts'>> {
  text?: string;
  thoughts?: string;
  tools?: { index: number; name?: string; arguments?: string }[];
}

export type Step =
  | { do: 'say'; id: number; role: Role; text: string }
  | { do: 'edit'; id: number; text: string }
  | { do: 'swap'; id: number }
  | { do: 'remove'; id: number }
  /** A call begins. What was refused before gives way to it. */
  | { do: 'ask'; id: number }
  | { do: 'tell'; id: number; piece: Piece }
  | { do: 'clear' };

/** The turns after a step. */
export function converse(turns: Turn[], step: Step): Turn[] {
  switch (step.do) {
    case 'say':
      return [...settled(turns), { id: step.id, role: step.role, text: step.text }];
    case 'edit':
      return turns.map((turn) => (turn.id === step.id ? { ...turn, text: step.text } : turn));
    case 'swap':
      return turns.map((turn) => (turn.id === step.id ? swapped(turn) : turn));
    case 'remove':
      return turns.filter(({ id }) => id !== step.id);
    case 'ask':
      return [
        ...settled(turns),
        { id: step.id, role: 'assistant', text: '', answer: { state: 'open', thoughts: '', tools: [] } },
      ];
    case 'tell':
      return turns.map((turn) =>
        turn.id === step.id && turn.answer ? told(turn, turn.answer, step.piece) : turn,
      );
    case 'clear':
      return [];
  }
}

/** The turns as they are after the page was left: what was on its way was stopped by that. */
export function left(turns: Turn[]): Turn[] {
  return turns.map((turn) =>
    turn.answer?.state === 'open' ? { ...turn, answer: { ...turn.answer, state: 'stopped' } } : turn,
  );
}

/** The turns that are sent: those in which something is said. */
export function spoken(turns: Turn[]): Turn[] {
  return turns.filter(({ text }) => text.trim() !== '');
}

/** Whether the model has the word: the last thing said was said by the user. */
export function awaitsAnswer(turns: Turn[]): boolean {
  return spoken(turns).at(-1)?.role === 'user';
}

/** Answers that never came are not part of the conversation. */
function settled(turns: Turn[]): Turn[] {
  return turns.filter(({ answer, text }) => !answer || text !== '');
}

function swapped({ id, role, text }: Turn): Turn {
  return { id, text, role: role === 'user' ? 'assistant' : 'user' };
}

function told(turn: Turn, answer: Answer, { text = '', thoughts = '', tools = [], ...rest }: Piece): Turn {
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const after = { ...answer, ...known, thoughts: answer.thoughts + thoughts, tools: [...answer.tools] };
  for (const { index, name = '', arguments: more = '' } of tools) {
    const before = after.tools[index] ?? { name: '', arguments: '' };
    after.tools[index] = { name: before.name + name, arguments: before.arguments + more };
  }
  return { ...turn, text: turn.text + text, answer: after };
}
