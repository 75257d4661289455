import { expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { wayBack } from './wayBack';

type Revision = Schemas['Revision'];

const at = '2026-11-25T04:00:00Z';
function revision(number: number, before: unknown, after: unknown): Revision {
  const action = before === undefined ? 'created' : after === undefined ? 'deleted' : 'updated';
  return { revision: number, at, actor: 'anna', action, kind: 'Model', name: 'smart', before, after };
}
const [one, two, three] = [{ a: 1 }, { a: 2 }, { a: 3 }];
const made = revision(1, undefined, one);
const changed = revision(4, one, two);
const again = revision(6, two, three);
const gone = revision(9, three, undefined);

it('restores an earlier revision', () => {
  expect(wayBack(changed, { now: again, previous: made })).toEqual({
    verb: 'Restore this revision',
    revision: 4,
    spec: two,
  });
});

it('undoes the newest change by the revision before it', () => {
  expect(wayBack(again, { now: again, previous: changed })).toEqual({
    verb: 'Undo this change',
    revision: 4,
    spec: two,
  });
});

it('brings back what was deleted by the revision before the deletion', () => {
  expect(wayBack(gone, { now: gone, previous: again })).toEqual({
    verb: 'Bring back',
    revision: 6,
    spec: three,
  });
  expect(wayBack(changed, { now: gone, previous: made })).toEqual({
    verb: 'Bring back',
    revision: 4,
    spec: two,
  });
  const remade = revision(12, undefined, one);
  expect(wayBack(gone, { now: remade, previous: again })?.verb).toBe('Restore what was deleted');
});

it('never offers what would change nothing', () => {
  expect(wayBack(made, { now: revision(7, two, { ...one }), previous: undefined })).toBeUndefined();
});

it('never offers what would delete', () => {
  expect(wayBack(made, { now: made, previous: undefined })).toBeUndefined();
  const remade = revision(12, undefined, one);
  expect(wayBack(remade, { now: remade, previous: gone })).toBeUndefined();
});
