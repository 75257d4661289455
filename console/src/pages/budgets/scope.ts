/** Whose spending a budget limits. */
import type { Schemas } from '@/api/client';

type Scope = Schemas['BudgetScope'];

/** The kinds of scopes, from the widest to the narrowest. */
export const SCOPES = ['organization', 'team', 'application', 'key', 'model'] as const;

/** A scope as a kind and a name; `organization` has no name. */
export interface ScopeParts {
  kind: (typeof SCOPES)[number];
  name: string;
}

/** The parts of a scope as it stands in a spec. */
export function scopeParts(scope: Scope): ScopeParts {
  if (scope === 'organization') return { kind: 'organization', name: '' };
  if ('team' in scope) return { kind: 'team', name: scope.team };
  if ('application' in scope) return { kind: 'application', name: scope.application };
  if ('key' in scope) return { kind: 'key', name: scope.key };
  return { kind: 'model', name: scope.model };
}

/** The scope as a spec takes it. */
export function scopeOf({ kind, name }: ScopeParts): Scope {
  if (kind === 'organization') return kind;
  return { [kind]: name } as Exclude<Scope, 'organization'>;
}

/** The scope in words: `Everything`, `Team research`. */
export function scopeWords(scope: Scope): string {
  const { kind, name } = scopeParts(scope);
  return kind === 'organization' ? 'Everything' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`;
}

/** Who may spend within a budget, as the beginning of a sentence. */
export function scopeSubject(scope: Scope): string {
  const { kind, name } = scopeParts(scope);
  if (kind === 'organization') return 'All calls together';
  return kind === 'model' ? `All calls of model ${name}` : scopeWords(scope);
}

/** How often a window comes: `an hour`, `a month`. */
export function perWindow(window: Schemas['Window']): string {
  return window === 'hour' ? 'an hour' : `a ${window}`;
}

/** Who makes a call. */
export interface Caller {
  team: string;
  application: string;
  key: string;
}

/** Whether every call of a caller draws on a budget of this scope; for that of a model it depends on the call. */
export function covers(scope: Scope, caller: Caller): boolean {
  const { kind, name } = scopeParts(scope);
  if (kind === 'organization') return true;
  return kind !== 'model' && caller[kind] === name;
}

/** Whether a key with this list of models may ask for a model; an entry that ends in `*` allows what begins so. */
export function allows(models: string[], model: string): boolean {
  return (
    models.length === 0 ||
    models.some((entry) => (entry.endsWith('*') ? model.startsWith(entry.slice(0, -1)) : entry === model))
  );
}
