import { expect, it } from 'vitest';
import { groups, navOf } from './nav';

const pages = groups.flatMap((group) => group.pages);
const labels = (permissions: string[]) =>
  navOf(permissions).flatMap((group) => group.pages.map(({ label }) => label));

it('gives every page a letter of its own, and none that means something else after g', () => {
  const keys = pages.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.every((key) => /^[a-fh-z]$/.test(key))).toBe(true);
});

it('shows to those who may only look no page on which they could do nothing', () => {
  const shown = labels(['calls:read', 'configuration:read', 'keys:read', 'money:read', 'node:read']);
  expect(shown).not.toContain('Members');
  expect(shown).not.toContain('Playground');
  expect(shown).not.toContain('Doctor');
  expect(shown).toContain('History');
});

it('shows every page to those who may use it', () => {
  const everything = ['people:read', 'models:try', 'doctor:run', 'calls:read'];
  expect(labels(everything)).toEqual(pages.map(({ label }) => label));
});
