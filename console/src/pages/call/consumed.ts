import type { Schemas } from '@/api/client';
import { count } from '@/format';
import { USAGE } from './words';

/** What a call consumed, by class, most of it first: `1,204 input tokens, 3 pictures`. Undefined for nothing. */
export function consumedInWords(usage: Schemas['Usage']): string | undefined {
  const classes = Object.keys(USAGE) as Schemas['UsageClass'][];
  const some = classes.flatMap((name) => {
    const quantity = usage[name] ?? 0;
    const word = USAGE[name];
    // What begins with a noun goes on small after its number.
    return quantity > 0 ? [`${count(quantity)} ${word.charAt(0).toLowerCase()}${word.slice(1)}`] : [];
  });
  return some.length > 0 ? some.join(', ') : undefined;
}
