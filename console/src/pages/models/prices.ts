/** Prices as pages show them: dollars per million units, exact, by class. */
import type { Schemas } from '@/api/client';
import { compare, format } from '@/money';

export type Price = Schemas['Price'];

const CLASSES: [Schemas['UsageClass'], string][] = [
  ['input', 'Prompt tokens'],
  ['cache_read', 'Prompt tokens from a cache'],
  ['cache_write', 'Prompt tokens into a cache'],
  ['cache_write_long', 'Prompt tokens into a cache, for an hour'],
  ['input_audio', 'Audio tokens of the prompt'],
  ['cache_read_audio', 'Audio tokens from a cache'],
  ['input_image', 'Image tokens of the prompt'],
  ['cache_read_image', 'Image tokens from a cache'],
  ['input_video', 'Video tokens of the prompt'],
  ['output', 'Answer tokens'],
  ['reasoning', 'Reasoning tokens'],
  ['output_audio', 'Audio tokens of the answer'],
  ['output_image', 'Image tokens of the answer'],
  ['output_video', 'Video tokens of the answer'],
  ['requests', 'Calls'],
  ['audio_seconds', 'Seconds of audio'],
  ['characters', 'Characters to be spoken'],
  ['images', 'Pictures'],
  ['pages', 'Pages of documents'],
  ['annotated_pages', 'Pages of documents, annotated'],
  ['messages', 'Text messages'],
  ['rerank_searches', 'Searches that rank documents'],
  ['web_searches', 'Web searches'],
  ['file_searches', 'File searches'],
  ['citations', 'Tokens of cited sources'],
];

/** What a class of usage is called. */
export function titleOf(name: Schemas['UsageClass']): string {
  return CLASSES.find(([each]) => each === name)?.[1] ?? name;
}

/** One line of a price list: what is paid for, and its rate for any prompt and above each tier. */
export interface PriceLine {
  key: string;
  label: string;
  /** Undefined where a tier has none of its own. */
  rates: (string | undefined)[];
}

/** The lines of a price, in the order in which a call meets them. */
export function linesOf(price: Price): PriceLine[] {
  const tiers = [price.rates, ...(price.tiers ?? []).map(({ rates }) => rates)];
  return CLASSES.filter(([name]) => tiers.some((rates) => rates[name] !== undefined)).map(
    ([name, label]) => ({
      key: name,
      label,
      rates: tiers.map((rates) => rates[name]),
    }),
  );
}

/**
 * What a class costs among several targets: `$2.50`, or `$0.10 – $2.50` where they differ. Undefined where no
 * target has a rate for it.
 */
export function spanOf(prices: (Price | null | undefined)[], name: 'input' | 'output'): string | undefined {
  const rates = prices.flatMap((price) => price?.rates[name] ?? []).sort(compare);
  const [low, high] = [rates[0], rates.at(-1)];
  if (low === undefined || high === undefined) return undefined;
  return compare(low, high) === 0 ? format(low) : `${format(low)} – ${format(high)}`;
}

/** A price in one line: `$2.50 in, $10.00 out`. Undefined where nobody knows it. */
export function shortPrice(prices: (Price | null | undefined)[]): string | undefined {
  const [input, output] = [spanOf(prices, 'input'), spanOf(prices, 'output')];
  if (input === undefined && output === undefined) return undefined;
  return [input && `${input} in`, output && `${output} out`].filter(Boolean).join(', ');
}

/**
 * A price in one line with what it is the price of: `$2.50 in, $10.00 out per million tokens`, or for what has no
 * price by tokens `$15.00 per million characters to be spoken`. Undefined where nobody knows it.
 */
export function priceInWords(prices: (Price | null | undefined)[]): string | undefined {
  const tokens = shortPrice(prices);
  if (tokens !== undefined) return `${tokens} per million tokens`;
  const [line] = prices.flatMap((price) => (price ? linesOf(price) : []));
  const rate = line?.rates[0];
  if (line === undefined || rate === undefined) return undefined;
  return `${format(rate)} per million ${line.label.charAt(0).toLowerCase()}${line.label.slice(1)}`;
}

/**
 * The targets of a name in words: `openai/gpt-5, then sandbox/echo` where they are tried in order, with shares
 * where they are drawn, with `or` where it depends on the call.
 */
export function targetsInWords({ strategy, targets }: Schemas['CallableModel']): string {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const share = (weight: number) => `${Math.round((weight / Math.max(total, 1)) * 100)} %`;
  const words = targets.map(({ provider, model, weight }) =>
    strategy === 'weighted' && targets.length > 1
      ? `${share(weight)} ${provider}/${model}`
      : `${provider}/${model}`,
  );
  const between = { priority: ', then ', weighted: ', ' } as Record<string, string>;
  return words.join(between[strategy] ?? ' or ');
}
