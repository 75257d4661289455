/** The fields of the form of a budget, and the spec that they make. */
import type { Schemas } from '@/api/client';
import { parseTyped, write } from '@/money';
import { type ScopeParts, scopeOf, scopeParts } from './scope';

/** What stands in the form. */
export interface Fields {
  /** Empty for the name that is proposed. */
  name: string;
  scope: ScopeParts;
  limit: string;
  window: Schemas['Window'];
  zone: string;
  exhausted: Schemas['Exhausted'];
}

/** The windows that there are. */
export const WINDOWS = ['hour', 'day', 'week', 'month'] as const;

/** The form of a new budget. */
export const EMPTY: Fields = {
  name: '',
  scope: { kind: 'organization', name: '' },
  limit: '',
  window: 'month',
  zone: 'UTC',
  exhausted: 429,
};

/** What a new budget limits at first: the team that is looked at, or everything. */
export function firstScope(team: string | undefined): ScopeParts {
  return team ? { kind: 'team', name: team } : EMPTY.scope;
}

/** The form of a budget that there is. */
export function fieldsOf(name: string, spec: Schemas['BudgetSpec']): Fields {
  return {
    name,
    scope: scopeParts(spec.scope),
    limit: spec.limit,
    window: spec.window,
    zone: spec.time_zone ?? 'UTC',
    exhausted: spec.on_exhausted ?? 429,
  };
}

/** The name that is proposed: whom it limits, and for how long. */
export function proposedName({ scope, window }: Fields): string {
  const stem =
    scope.kind === 'organization'
      ? 'everything'
      : scope.name.replace(/[^\w.-]+/g, '-').replace(/^[^a-z0-9]+/i, '');
  return stem && `${stem.slice(0, 100)}-${window}`;
}

/** Why the form cannot be sent yet. */
export function blocked(fields: Fields): string | undefined {
  if (fields.scope.kind !== 'organization' && !fields.scope.name) return `Say which ${fields.scope.kind}.`;
  const limit = parseTyped(fields.limit);
  if (limit === undefined) return 'Say how much may be spent.';
  if (limit < 0n) return 'A limit is not negative.';
  return undefined;
}

/** The spec that the form stands for; a limit that cannot be read is written as it is. */
export function specOf(fields: Fields): Schemas['BudgetSpec'] {
  const limit = parseTyped(fields.limit);
  return {
    scope: scopeOf(fields.scope),
    limit: limit === undefined ? fields.limit : write(limit),
    window: fields.window,
    time_zone: fields.zone,
    on_exhausted: fields.exhausted,
  };
}
