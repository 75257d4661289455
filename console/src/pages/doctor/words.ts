/** What the doctor found, in words and colours. */
import { counted } from '@/format';
import type { Tone } from '@/parts/Tag';
import type { Check, Finding, StepReport } from './queries';

export const TONES: Record<Finding['severity'], Tone> = { error: 'bad', warning: 'warn', notice: 'info' };

/** Every finding of a step with its check, the worst first. */
export function findingsOf(step: StepReport): { check: Check; finding: Finding }[] {
  const rank = { error: 0, warning: 1, notice: 2 };
  const all = step.checks.flatMap((check) => (check.findings ?? []).map((finding) => ({ check, finding })));
  return all.sort((a, b) => rank[a.finding.severity] - rank[b.finding.severity]);
}

/** How a step stands, in a few words. */
export function standing(steps: StepReport[]): [Tone, string] {
  const all = steps.flatMap(findingsOf);
  const number = (severity: Finding['severity']) =>
    all.filter(({ finding }) => finding.severity === severity).length;
  const [errors, warnings, notices] = [number('error'), number('warning'), number('notice')];
  if (errors > 0) return ['bad', counted(errors, 'error')];
  if (warnings > 0) return ['warn', counted(warnings, 'warning')];
  if (notices > 0) return ['info', counted(notices, 'notice')];
  const told = steps.some((step) => step.checks.some(({ state }) => state === 'passed'));
  return told ? ['ok', 'nothing to do'] : ['neutral', 'cannot be told here'];
}
