/** The fields of the form of a model, and the spec that they make. */
import type { Schemas } from '@/api/client';

type Strategy = Schemas['Strategy'];

/** One target as it stands in the form. */
export interface TargetFields {
  /** Tells it apart while the order changes. */
  id: number;
  provider: string;
  model: string;
  weight: string;
  /** What else the spec says of it, kept as it is. */
  rest: object;
}

/** What stands in the form. */
export interface Fields {
  name: string;
  strategy: Strategy;
  targets: TargetFields[];
  /** What else the spec says. */
  rest: object;
}

/** The spec of a model as it is written down: what is as usual may be left out. */
export interface Spec {
  strategy?: Strategy;
  targets: TargetSpec[];
}

interface TargetSpec {
  provider: string;
  model: string;
  weight?: number;
}

/** Every strategy: its value, its name for people, and what it does. */
export const STRATEGIES: { value: Strategy; label: string; says: string }[] = [
  {
    value: 'priority',
    label: 'In order',
    says: 'The first target that is well answers; the next ones step in where it fails.',
  },
  {
    value: 'weighted',
    label: 'By weight',
    says: 'The first target is drawn by weight; the others step in where it fails.',
  },
  {
    value: 'least-latency',
    label: 'The fastest',
    says: 'The target that has been the fastest of late answers; the next faster one steps in.',
  },
  {
    value: 'least-cost',
    label: 'The cheapest',
    says: 'The target at which the request costs least answers; the next dearer one steps in.',
  },
  {
    value: 'least-busy',
    label: 'The least busy',
    says: 'The target with the fewest calls under way for its weight answers; the next busier one steps in.',
  },
  {
    value: 'consistent-hash',
    label: 'Always the same for a caller',
    says: 'A caller’s calls go to the same target, which keeps prompt caches warm; another one steps in.',
  },
];

/** Whether the weight of targets has a say. */
export function weighs(strategy: Strategy): boolean {
  return strategy === 'weighted' || strategy === 'least-busy' || strategy === 'consistent-hash';
}

/** The form of a new model; `first` is its first target as `provider/model`, or just a slash. */
export function newFields(first: string): Fields {
  const slash = first.indexOf('/');
  const [provider, model] = slash < 0 ? ['', first] : [first.slice(0, slash), first.slice(slash + 1)];
  const target = { id: 1, provider, model, weight: '1', rest: {} };
  return { name: '', strategy: 'priority', targets: [target], rest: {} };
}

/** The form of a model that there is. */
export function fieldsOf(name: string, spec: Spec): Fields {
  const { strategy = 'priority', targets, ...rest } = spec;
  const fields = targets.map(({ provider, model, weight = 1, ...others }, place) => ({
    id: place + 1,
    provider,
    model,
    weight: `${weight}`,
    rest: others,
  }));
  return { name, strategy, targets: fields, rest };
}

/** The spec that the form stands for. */
export function specOf({ strategy, targets, rest }: Fields): Spec {
  return {
    ...rest,
    strategy,
    targets: targets.map(({ provider, model, weight, rest: others }) => {
      const target = { provider, model: model.trim(), ...others };
      return Number(weight) === 1 || weight === '' ? target : { ...target, weight: Number(weight) };
    }),
  };
}

/** The form with another strategy; what only the last one takes is left out. */
export function withStrategy(fields: Fields, strategy: Strategy): Fields {
  const { hash_by: _, ...rest } = fields.rest as { hash_by?: unknown };
  return { ...fields, strategy, rest: strategy === 'consistent-hash' ? fields.rest : rest };
}

/** Why the form cannot be sent yet. */
export function blocked({ name, strategy, targets }: Fields): string | undefined {
  if (!name.trim()) return 'Give it a name.';
  if (targets.length === 0) return 'Name at least one target.';
  if (targets.some(({ provider }) => !provider)) return 'Choose a provider for every target.';
  if (targets.some(({ model }) => !model.trim())) return 'Say which model every target is.';
  if (weighs(strategy) && targets.every(({ weight }) => Number(weight) === 0)) {
    return 'Give at least one target a weight.';
  }
  return undefined;
}

/** The form with one target more. */
export function withTarget(fields: Fields): Fields {
  const id = Math.max(0, ...fields.targets.map((target) => target.id)) + 1;
  const provider = fields.targets.at(-1)?.provider ?? '';
  return { ...fields, targets: [...fields.targets, { id, provider, model: '', weight: '1', rest: {} }] };
}

/** The form with a target moved up (−1) or down (1); as it is where there is no room. */
export function moved(fields: Fields, place: number, by: -1 | 1): Fields {
  const [target, other] = [fields.targets[place], fields.targets[place + by]];
  if (!target || !other) return fields;
  return { ...fields, targets: fields.targets.with(place, other).with(place + by, target) };
}
