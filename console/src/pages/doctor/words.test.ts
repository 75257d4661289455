import { expect, it } from 'vitest';
import type { Check, Finding, StepReport } from './queries';
import { findingsOf, standing } from './words';

const finding = (severity: Finding['severity'], subject: string): Finding => ({
  severity,
  subject,
  detail: 'It is so.',
  fix: 'Do that.',
  fixable: false,
});

const step = (...checks: Partial<Check>[]): StepReport => ({
  step: 'payment',
  number: 1,
  title: 'Payment details',
  checks: checks.map((check, index) => ({ id: `c${index}`, title: 'A', state: 'passed', ...check })),
});

it('shows the worst first, and leaves the others in their order', () => {
  const found = step(
    { state: 'found', findings: [finding('notice', 'a'), finding('error', 'b')] },
    { state: 'found', findings: [finding('warning', 'c'), finding('error', 'd')] },
  );
  expect(findingsOf(found).map(({ finding: { subject } }) => subject)).toEqual(['b', 'd', 'c', 'a']);
});

it('says how a step stands by the worst that was found', () => {
  const with_ = (...severities: Finding['severity'][]) =>
    standing([step({ state: 'found', findings: severities.map((one) => finding(one, 'x')) })]);
  expect(with_('notice', 'error', 'error', 'warning')).toEqual(['bad', '2 errors']);
  expect(with_('notice', 'warning')).toEqual(['warn', '1 warning']);
  expect(with_('notice')).toEqual(['info', '1 notice']);
  expect(standing([step({}, { state: 'unknown' })])).toEqual(['ok', 'nothing to do']);
  expect(standing([step({ state: 'unknown' })])).toEqual(['neutral', 'cannot be told here']);
});
