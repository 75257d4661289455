/** The fields of the form of a model, and the spec that they make. */
import type { Schemas } from '@/api/client';

/** One target as it stands in the form. */
export interface TargetFields {
  /** Tells it apart while the order changes. */
  id: number;
  provider: string;
  model: string;
  weight: string;
}

/** What stands in the form. */
export interface Fields {
  name: string;
  strategy: Schemas['Strategy'];
  targets: TargetFields[];
}

/** The spec of a model as it is written down: what is as usual may be left out. */
export interface Spec {
  strategy?: Schemas['Strategy'];
  targets: { provider: string; model: string; weight?: number }[];
}

/** The form of a new model; `first` is its first target as `provider/model`, or just a slash. */
export function newFields(first: string): Fields {
  const slash = first.indexOf('/');
  const [provider, model] = slash < 0 ? ['', first] : [first.slice(0, slash), first.slice(slash + 1)];
  return { name: '', strategy: 'priority', targets: [{ id: 1, provider, model, weight: '1' }] };
}

/** The form of a model that there is. */
export function fieldsOf(name: string, spec: Spec): Fields {
  const targets = spec.targets.map(({ provider, model, weight = 1 }, place) => ({
    id: place + 1,
    provider,
    model,
    weight: `${weight}`,
  }));
  return { name, strategy: spec.strategy ?? 'priority', targets };
}

/** The spec that the form stands for. */
export function specOf({ strategy, targets }: Fields): Spec {
  return {
    strategy,
    targets: targets.map(({ provider, model, weight }) => {
      const target = { provider, model: model.trim() };
      return Number(weight) === 1 || weight === '' ? target : { ...target, weight: Number(weight) };
    }),
  };
}

/** Why the form cannot be sent yet. */
export function blocked({ name, strategy, targets }: Fields): string | undefined {
  if (!name.trim()) return 'Give it a name.';
  if (targets.length === 0) return 'Name at least one target.';
  if (targets.some(({ provider }) => !provider)) return 'Choose a provider for every target.';
  if (targets.some(({ model }) => !model.trim())) return 'Say which model every target is.';
  if (strategy === 'weighted' && targets.every(({ weight }) => Number(weight) === 0)) {
    return 'Give at least one target a weight.';
  }
  return undefined;
}

/** The form with one target more. */
export function withTarget(fields: Fields): Fields {
  const id = Math.max(0, ...fields.targets.map((target) => target.id)) + 1;
  const provider = fields.targets.at(-1)?.provider ?? '';
  return { ...fields, targets: [...fields.targets, { id, provider, model: '', weight: '1' }] };
}

/** The form with a target moved up (−1) or down (1); as it is where there is no room. */
export function moved(fields: Fields, place: number, by: -1 | 1): Fields {
  const [target, other] = [fields.targets[place], fields.targets[place + by]];
  if (!target || !other) return fields;
  return { ...fields, targets: fields.targets.with(place, other).with(place + by, target) };
}
