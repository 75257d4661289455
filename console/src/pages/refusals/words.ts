/** What the API tells of refusals by a code, in words. */
import type { Schemas } from '@/api/client';
import { format } from '@/money';
import type { Tone } from '@/parts/Tag';

type Group = Schemas['RefusalGroup'];

/** Whether refusals go on, and what that means to whoever watches. */
export const STATES: Record<Schemas['RefusalState'], { tone: Tone; word: string; says: string }> = {
  happening: {
    tone: 'bad',
    word: 'happening',
    says: 'A call was refused in the last 15 minutes, and none like it was answered since.',
  },
  answered: {
    tone: 'ok',
    word: 'answered again',
    says: 'After the last refusal, calls like those were answered.',
  },
  quiet: {
    tone: 'neutral',
    word: 'quiet',
    says: 'Nothing was refused for 15 minutes, but no call like those was answered either: nobody has tried.',
  },
};

/** In whose area the cause of a refusal lies. */
export const CAUSES: Record<Schemas['Cause'], string> = {
  payment_info: 'Money and payment details',
  gateway_config: 'Configuration of the gateway',
  payment_gateway: 'Payment processor',
  server_config: 'Server, disk or database',
  upstream: 'Provider',
  policy: 'A rule set on purpose',
  request: 'The request itself',
};

/** Who can act, for a filter. */
export const ACTORS: Record<Schemas['Who'], string> = {
  payer: 'Payer',
  key_owner: 'Owner of the key',
  operator: 'Operator',
  provider: 'Provider',
  nobody: 'Nobody has to',
};

/** When something was changed, by the refusals. */
export const TIMES: Record<Schemas['ChangeTime'], string> = {
  before: 'before it began',
  during: 'while it went on',
  after: 'since the last one',
};

/** What said no, in words: `budget month`. */
export function ruleWords({ rule }: Pick<Group, 'rule'>): string | undefined {
  return rule ? `${rule.kind.toLowerCase()} ${rule.name}` : undefined;
}

/** From the least to the most, or the one amount that both are. */
export function rangeOf(least: string, most: string): string {
  const [from, to] = [format(least), format(most)];
  return from === to ? from : `${from} to ${to}`;
}

/** The groups of a state, or all of them. */
export function ofState(groups: Group[] | undefined, state: string | undefined): Group[] | undefined {
  return state ? groups?.filter((group) => group.state === state) : groups;
}

/** How many moments a key has, for the choice of a later date. */
export const LONGER = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
];

const DAY = 86_400_000;

/** So many days from now, as the API takes it. */
export function daysFrom(now: number, days: string): string {
  return new Date(now + Number(days) * DAY).toISOString().replace(/\.\d+Z$/, 'Z');
}
