import { expect, it } from 'vitest';
import { diffLines, diffSpecs, fold, type Line, touched } from './diff';

const written = (lines: Line[]) => lines.map(({ sign, text }) => `${sign}${text}`).join(' ');
const diff = (before: string, after: string) =>
  written(diffLines(before.split(' ').filter(Boolean), after.split(' ').filter(Boolean)));

it('keeps the longest common sequence, and tells what went before what came', () => {
  expect(diff('a b c d', 'a x c d')).toBe(' a -b +x  c  d');
  expect(diff('a b c a b b a', 'c b a b a c')).toBe('-a -b  c -a  b +a  b  a +c');
  expect(diff('', 'a b')).toBe('+a +b');
  expect(diff('a b', '')).toBe('-a -b');
  expect(diff('a b', 'a b')).toBe(' a  b');
  expect(diff('', '')).toBe('');
});

it('does not count a line twice that is the beginning and the end', () => {
  expect(diff('a', 'a a')).toBe(' a +a');
  expect(diff('a b a', 'a')).toBe(' a -b -a');
});

it('makes one text of the other, whatever they are', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const lines = () => Array.from({ length: random(14) }, () => 'abc'.charAt(random(3)));
  for (let round = 0; round < 500; round += 1) {
    const [before, after] = [lines(), lines()];
    const found = diffLines(before, after);
    const side = (not: string) => found.filter(({ sign }) => sign !== not).map(({ text }) => text);
    expect(side('+')).toEqual(before);
    expect(side('-')).toEqual(after);
  }
});

it('gives up on texts that are too long to compare', () => {
  const before = Array.from({ length: 3_000 }, (_, at) => `a${at}`);
  const after = Array.from({ length: 3_000 }, (_, at) => `b${at}`);
  expect(
    diffLines(['x', ...before], ['x', ...after])
      .map(({ sign }) => sign)
      .join(''),
  ).toBe(` ${'-'.repeat(3_000)}${'+'.repeat(3_000)}`);
});

it('folds what is the same and far from any difference', () => {
  const before = Array.from({ length: 20 }, (_, at) => `l${at}`);
  const after = before.map((line) => (line === 'l10' ? 'new' : line));
  const stretches = fold(diffLines(before, after), 2);
  expect(stretches.map(({ folded, lines }) => [folded, lines.length])).toEqual([
    [true, 8],
    [false, 6],
    [true, 7],
  ]);
  expect(stretches.flatMap(({ lines }) => lines)).toEqual(diffLines(before, after));
});

it('hides no single line, and everything where nothing differs', () => {
  const shape = (before: string, after: string) =>
    fold(diffLines(before.split(' '), after.split(' ')), 1).map(({ folded, lines }) => [
      folded,
      lines.length,
    ]);
  expect(shape('a b c', 'a b x')).toEqual([
    [false, 1],
    [false, 3],
  ]);
  expect(shape('a b c', 'a b c')).toEqual([[true, 3]]);
  expect(fold([])).toEqual([]);
});

it('compares specs whatever the order of their members', () => {
  const before = { limit: '250.00', scope: { team: 'a' }, window: 'month' };
  const after = { window: 'month', scope: { team: 'a' }, limit: '300.00' };
  expect(diffSpecs(before, after)).toEqual([
    { sign: '-', text: 'limit: "250.00"' },
    { sign: '+', text: 'limit: "300.00"' },
    { sign: ' ', text: 'scope:' },
    { sign: ' ', text: '  team: a' },
    { sign: ' ', text: 'window: month' },
  ]);
  expect(diffSpecs(undefined, { a: 1 })).toEqual([{ sign: '+', text: 'a: 1' }]);
  expect(diffSpecs({ a: 1 }, undefined)).toEqual([{ sign: '-', text: 'a: 1' }]);
});

it('names the members that are not as they were', () => {
  const before = { limit: '1', scope: { a: 1, b: 2 }, window: 'day' };
  expect(touched(before, { scope: { b: 2, a: 1 }, limit: '2', note: 'x' })).toEqual([
    'limit',
    'note',
    'window',
  ]);
  expect(touched(undefined, { a: 1 })).toEqual(['a']);
  expect(touched(before, before)).toEqual([]);
});
