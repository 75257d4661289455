/** What the spec of a model says besides strategy and targets, in plain words. Pure. */
import type { Schemas } from '@/api/client';
import { count, counted, duration, span } from '@/format';

type Target = Partial<Schemas['TargetSpec']>;
type Spec = Partial<Schemas['ModelSpec']>;

/** The kinds of content and abilities that a request can need. */
const NEEDS: Record<Schemas['Need'], string> = {
  vision: 'pictures',
  audio: 'sound',
  documents: 'documents',
  tools: 'tools',
  json_schema: 'a JSON schema',
  reasoning: 'reasoning',
};

/** What failed, after which another target takes over. */
const FAILURES: Record<Schemas['Fallback'], string> = {
  rate_limited: 'a limited rate',
  unfunded: 'an account without money',
  overloaded: 'overload',
  context_too_long: 'a prompt that is too long',
  content_filtered: 'a filter',
  timeout: 'a timeout',
  server_error: 'an error of its own',
  auth: 'a refused credential',
  not_found: 'an unknown model',
};

/** Which requests a target is for and what is said of it, a phrase each. */
export function phrasesOf(target: Target): string[] {
  const { when = {}, tags = [], cannot = [], context_window: window, takes_over: after } = target;
  const said = (list: Schemas['Need'][] | undefined, between: string) =>
    list?.map((need) => NEEDS[need] ?? need).join(between);
  return [
    when.has?.length && `only for requests with ${said(when.has, ' and ')}`,
    when.has_none?.length && `not for requests with ${said(when.has_none, ' or ')}`,
    promptOf(when),
    when.tags?.length && `only for requests tagged ${when.tags.join(' or ')}`,
    tags.length > 0 && `tagged ${tags.join(', ')}`,
    cannot.length > 0 && `cannot do ${said(cannot, ' or ')}`,
    window && `takes ${count(window)} tokens at most`,
    after && after.length > 0 && `only steps in after ${failuresOf(after)}`,
  ].filter((phrase) => typeof phrase === 'string');
}

function promptOf({ min_prompt_tokens: least, max_prompt_tokens: most }: Schemas['When']) {
  if (least && most) return `for prompts of ${count(least)} to ${count(most)} tokens`;
  if (least) return `for prompts of ${count(least)} tokens and more`;
  return most ? `for prompts of up to ${count(most)} tokens` : undefined;
}

/** Names and values of what else holds for all targets of a model; undefined where nothing is said. */
export function rulesOf(spec: Spec): [string, string | undefined][] {
  return [
    ['Same target for', hashOf(spec.hash_by)],
    ['Takes over after', spec.fallback_on ? failuresOf(spec.fallback_on) || 'nothing' : undefined],
    ['Timeouts', timeoutsOf(spec.timeouts)],
    ['Set back', ejectionOf(spec.ejection)],
    ['Keeps answers', cacheOf(spec.cache)],
    ['Shadow', shadowOf(spec.shadow)],
  ];
}

function failuresOf(failures: Schemas['Fallback'][]): string {
  return failures.map((failure) => FAILURES[failure] ?? failure).join(', ');
}

function hashOf(by: Schemas['HashBy'] | null | undefined): string | undefined {
  if (!by) return undefined;
  if (typeof by === 'object') return `calls with the same header ${by.header}`;
  return by === 'user' ? 'calls of the same end user' : 'calls with the same key';
}

function timeoutsOf(timeouts: Schemas['ModelTimeouts'] | undefined): string | undefined {
  const { attempt_ms: attempt, first_token_ms: first, total_ms: total } = timeouts ?? {};
  const said = [
    attempt && `${duration(attempt * 1000)} for each attempt`,
    first && `${duration(first * 1000)} to the first token`,
    total && `${duration(total * 1000)} in all`,
  ];
  return said.filter(Boolean).join(', ') || undefined;
}

function ejectionOf(ejection: Partial<Schemas['Ejection']> | undefined): string | undefined {
  if (!ejection || Object.keys(ejection).length === 0) return undefined;
  const { consecutive_failures: row = 5, failure_percent: share = 50, least_calls: of = 10 } = ejection;
  const { window_s: within = 30, for_s: first = 30, most_s: most = 300 } = ejection;
  const causes = [
    row > 0 && `${counted(row, 'failure')} in a row`,
    share > 0 && `${share} % of at least ${counted(of, 'call')} within ${span(within)}`,
  ].filter(Boolean);
  if (causes.length === 0) return 'never';
  return `after ${causes.join(' or ')}, for ${span(first)} at first and ${span(most)} at most`;
}

const SHARED: Record<Schemas['CacheScope'], string> = {
  key: 'calls with the same key',
  application: 'calls of the same application',
  team: 'calls of the same team',
  global: 'all calls',
};

function cacheOf(cache: Schemas['CacheSpec'] | null | undefined): string | undefined {
  if (!cache) return undefined;
  const { ttl_s: life, scope = 'key', price_percent: price = 0, tools } = cache;
  const hit = price > 0 ? `a hit costs ${price} % of the first answer` : 'a hit costs nothing';
  return `for ${span(life)}, shared by ${SHARED[scope] ?? scope}; ${hit}${tools ? '; also where tools are offered' : ''}`;
}

function shadowOf(shadow: Schemas['ShadowSpec'] | null | undefined): string | undefined {
  if (!shadow) return undefined;
  const { provider, model, percent = 100 } = shadow;
  return `${percent === 100 ? 'every request' : `${percent} % of requests`} copied to ${provider}/${model}, at your cost`;
}

/** How a target is doing, as this node has seen it of late. */
export function conditionInWords(condition: Schemas['TargetCondition'] | undefined): string {
  if (!condition) return 'not asked yet since this node began';
  const { streamed, whole, under_way: now } = condition;
  return [
    streamed ? `streams begin after ${duration(streamed)}` : undefined,
    whole ? `whole answers take ${duration(whole)}` : undefined,
    !streamed && !whole ? 'no answer measured of late' : undefined,
    now > 0 ? `${counted(now, 'call')} under way` : undefined,
  ]
    .filter(Boolean)
    .join(' · ');
}
