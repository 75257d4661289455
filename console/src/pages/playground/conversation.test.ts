import { describe, expect, it } from 'vitest';
import { awaitsAnswer, converse, left, type Step, spoken, type Turn } from './conversation';

const run = (...steps: Step[]) => steps.reduce<Turn[]>(converse, []);
const hello: Step = { do: 'say', id: 1, role: 'user', text: 'Hello' };
const ask: Step = { do: 'ask', id: 2 };
const tell = (piece: Extract<Step, { do: 'tell' }>['piece'], id = 2): Step => ({ do: 'tell', id, piece });

describe('conversation', () => {
  it('adds what is told to the answer and keeps what is known', () => {
    const turns = run(
      hello,
      ask,
      tell({ call: 'call_1', provider: 'sandbox' }),
      tell({ text: 'Good ' }),
      tell({ text: 'day', provider: undefined }),
      tell({ state: 'whole', cost: '0.0000004' }),
    );
    expect(turns[1]).toMatchObject({
      role: 'assistant',
      text: 'Good day',
      answer: { state: 'whole', call: 'call_1', provider: 'sandbox', cost: '0.0000004' },
    });
  });

  it('puts the pieces of a tool call together', () => {
    const turns = run(
      hello,
      ask,
      tell({ tools: [{ index: 0, name: 'weather', arguments: '' }] }),
      tell({ tools: [{ index: 0, arguments: '{"city":' }] }),
      tell({ tools: [{ index: 0, arguments: '"Paris"}' }] }),
    );
    expect(turns[1]?.answer?.tools).toEqual([{ name: 'weather', arguments: '{"city":"Paris"}' }]);
  });

  it('counts an answer that was on its way as stopped when the page was left', () => {
    const turns = left(run(hello, ask, tell({ text: 'Good ' })));
    expect(turns[1]).toMatchObject({ text: 'Good ', answer: { state: 'stopped' } });
    expect(left(turns)).toEqual(turns);
  });

  it('forgets a refusal when the next call begins', () => {
    const turns = run(hello, ask, tell({ state: 'refused' }), { do: 'ask', id: 3 });
    expect(turns.map(({ id }) => id)).toEqual([1, 3]);
  });

  it('keeps what was said before an answer broke off', () => {
    const turns = run(hello, ask, tell({ text: 'Half', state: 'cut' }), {
      do: 'say',
      id: 3,
      role: 'user',
      text: 'Go on',
    });
    expect(turns.map(({ text }) => text)).toEqual(['Hello', 'Half', 'Go on']);
  });

  it('lets what is told to a removed turn go', () => {
    expect(run(hello, ask, { do: 'remove', id: 2 }, tell({ text: 'late' }))).toHaveLength(1);
  });

  it('sends only what says something', () => {
    const turns = run(hello, { do: 'say', id: 2, role: 'assistant', text: ' ' });
    expect(spoken(turns).map(({ id }) => id)).toEqual([1]);
    expect(awaitsAnswer(turns)).toBe(true);
  });

  it('knows whose word it is', () => {
    expect(awaitsAnswer([])).toBe(false);
    expect(awaitsAnswer(run(hello, { do: 'swap', id: 1 }))).toBe(false);
  });
});
