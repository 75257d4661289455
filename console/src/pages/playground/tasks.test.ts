import { describe, expect, it } from 'vitest';
import { bodyOf, lacking, resultOf, TASKS, taskOf } from './tasks';

const asked = { model: 'm', text: ' a lamp \n\na spoon', query: 'light', voice: '' };

describe('a task', () => {
  it('is asked for in the form of its door', () => {
    expect(bodyOf(taskOf('embeddings'), asked)).toEqual({ model: 'm', input: ['a lamp', 'a spoon'] });
    expect(bodyOf(taskOf('embeddings'), { ...asked, text: 'one' })).toEqual({ model: 'm', input: 'one' });
    expect(bodyOf(taskOf('rerank'), asked)).toEqual({
      model: 'm',
      query: 'light',
      documents: ['a lamp', 'a spoon'],
    });
    expect(bodyOf(taskOf('speech'), { ...asked, text: 'Hi' })).toEqual({
      model: 'm',
      input: 'Hi',
      voice: 'alloy',
    });
    const file = new File(['RIFF'], 'morning.wav');
    const form = bodyOf(taskOf('transcriptions'), { ...asked, file }) as FormData;
    expect([form.get('model'), (form.get('file') as File).name]).toEqual(['m', 'morning.wav']);
  });

  it('says what it lacks', () => {
    for (const task of TASKS) expect(lacking(task, { ...asked, text: ' ' }), task.value).toBeDefined();
    expect(lacking(taskOf('rerank'), { ...asked, query: '' })).toBe('Say what they are compared with.');
    expect(lacking(taskOf('rerank'), asked)).toBeUndefined();
  });

  it('is one that there is, whatever the address says', () => {
    expect(taskOf('dance').value).toBe('embeddings');
  });
});

describe('what came of a task', () => {
  it('is vectors, of which the first numbers are shown', () => {
    const body = JSON.stringify({ data: [{ embedding: [0.5, 1, 2, 3, 4, 5, 6, 7] }] });
    expect(resultOf(taskOf('embeddings'), body, '')).toEqual({
      kind: 'vectors',
      vectors: [{ length: 8, first: [0.5, 1, 2, 3, 4, 5] }],
    });
  });

  it('is documents in their order', () => {
    const results = [
      { index: 1, relevance_score: 0.9 },
      { index: 0, relevance_score: 0.1 },
    ];
    expect(resultOf(taskOf('rerank'), JSON.stringify({ results }), 'a\nb')).toEqual({
      kind: 'ranked',
      items: [
        { text: 'b', score: 0.9 },
        { text: 'a', score: 0.1 },
      ],
    });
  });

  it('is pictures, shown where they came along and linked where they lie elsewhere', () => {
    const body = JSON.stringify({ data: [{ b64_json: 'AAAA' }, { url: 'https://x/y.png' }] });
    expect(resultOf(taskOf('images'), body, '')).toEqual({
      kind: 'pictures',
      pictures: [{ src: 'data:image/png;base64,AAAA' }, { url: 'https://x/y.png' }],
    });
  });

  it('is a text, also one that is no JSON', () => {
    expect(resultOf(taskOf('transcriptions'), '{"text":"Good morning"}', '')).toMatchObject({
      text: 'Good morning',
    });
    expect(resultOf(taskOf('transcriptions'), '1\n00:00', '')).toMatchObject({ text: '1\n00:00' });
  });

  it('is a judgement with its grounds', () => {
    const results = [{ flagged: true, categories: { hate: true, violence: false } }];
    expect(resultOf(taskOf('moderations'), JSON.stringify({ results }), '')).toEqual({
      kind: 'judged',
      items: [{ flagged: true, categories: ['hate'] }],
    });
  });
});
