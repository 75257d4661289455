/** What somebody looks for among models, and in which order they are shown. Pure. */
import type { Schemas } from '@/api/client';
import { compare } from '@/money';
import { SANDBOX } from '../providers/connected';

type Known = Schemas['CatalogModel'];
type Callable = Schemas['CallableModel'];

/** How the catalogue can be ordered, by the word in the address. */
export const ORDERS = [
  { value: 'usual', label: 'Connected first' },
  { value: 'price', label: 'Lowest price first' },
  { value: 'context', label: 'Largest context first' },
  { value: 'name', label: 'By name' },
] as const;

export type Order = (typeof ORDERS)[number]['value'];

/** What models can do, by the words of the API. */
export const ABILITIES: { value: Schemas['Ability']; label: string }[] = [
  { value: 'chat', label: 'chat' },
  { value: 'completions', label: 'completions' },
  { value: 'embeddings', label: 'embeddings' },
  { value: 'rerank', label: 'reranking' },
  { value: 'moderation', label: 'moderation' },
  { value: 'images', label: 'makes pictures' },
  { value: 'speech', label: 'speech' },
  { value: 'transcription', label: 'transcription' },
  { value: 'ocr', label: 'reads documents' },
  { value: 'realtime', label: 'realtime' },
  { value: 'streaming', label: 'streaming' },
  { value: 'vision', label: 'sees pictures' },
  { value: 'tools', label: 'tools' },
  { value: 'parallel_tools', label: 'several tools at once' },
  { value: 'json_schema', label: 'answers by JSON schema' },
  { value: 'reasoning', label: 'reasoning' },
  { value: 'prompt_caching', label: 'prompt caching' },
  { value: 'web_search', label: 'web search' },
];

/** Whether a model is known to do all of these; one of which nothing is known is not. */
export function able({ abilities = [] }: Known, wanted: readonly string[]): boolean {
  return wanted.every((word) => abilities.some((ability) => ability === word));
}

/** The order that a word stands for. */
export function orderOf(word: string | undefined): Order {
  return ORDERS.find(({ value }) => value === word)?.value ?? 'usual';
}

/**
 * Asks whether a text has all words of a question in it, in any order. It makes no difference how a name is
 * punctuated: `sonnet 4.5` finds `claude-sonnet-4-5`.
 */
export function finder(q: string): (text: string) => boolean {
  const words = q.split(/\s+/).map(plain).filter(Boolean);
  return (text) => {
    const among = plain(text);
    return words.every((word) => among.includes(word));
  };
}

/** A name of the catalogue as an address has it. */
export function keyOf({ provider, id }: Known): string {
  return `${provider}/${id}`;
}

/** The models of the catalogue that have all words of a question in their names or their providers'. */
export function found(models: Known[], q: string, titles: ReadonlyMap<string, string>): Known[] {
  const has = finder(q);
  return models.filter((model) => has(`${keyOf(model)} ${titles.get(model.provider) ?? ''}`));
}

/**
 * The catalogue in an order. The usual one has what is connected first and then keeps the providers as they
 * come; of each, those with the largest context come first, and of equals the newest by name.
 */
export function ordered(models: Known[], order: Order, connected: ReadonlyMap<string, unknown>): Known[] {
  const rank = (id: string) => (id === SANDBOX ? 2 : connected.has(id) ? 0 : 1);
  const places = new Map<string, number>();
  for (const { provider } of models) if (!places.has(provider)) places.set(provider, places.size);
  const place = ({ provider }: Known) => rank(provider) * models.length + (places.get(provider) ?? 0);
  const context = (a: Known, b: Known) => (b.context_window ?? 0) - (a.context_window ?? 0);
  const by: Record<Order, (a: Known, b: Known) => number> = {
    usual: (a, b) => place(a) - place(b) || context(a, b) || names.compare(b.id, a.id),
    price: (a, b) => dearness(a, b) || place(a) - place(b),
    context: (a, b) => context(a, b) || place(a) - place(b),
    name: (a, b) => names.compare(a.id, b.id) || place(a) - place(b),
  };
  return models.toSorted(by[order]);
}

/** Callable names with those of real providers before those of the sandbox, and its failures last. */
export function sandboxLast(callable: Callable[]): Callable[] {
  const rank = ({ rule, targets }: Callable) => {
    if (rule || !targets.every(({ provider }) => provider === SANDBOX)) return 0;
    return targets.some(({ model }) => model.startsWith('fail-')) ? 2 : 1;
  };
  return callable.toSorted((a, b) => rank(a) - rank(b));
}

/** Why a name means nothing, in the API's words but for those that tell programs where to ask. */
export function unknownName(detail: string): string {
  return detail.replace(/; GET \S+ lists those that are/, '');
}

const names = new Intl.Collator('en', { numeric: true });

/** By the price of prompts and then of answers; what has no price comes last. */
function dearness(a: Known, b: Known): number {
  const [left, right] = [a.price?.rates, b.price?.rates];
  if (left?.input === undefined || right?.input === undefined) {
    return Number(left?.input === undefined) - Number(right?.input === undefined);
  }
  return compare(left.input, right.input) || compare(left.output ?? '0', right.output ?? '0');
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[-._:/@]+/g, '-');
}
