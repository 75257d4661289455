import { compare, type Nanos, parse } from '@/money';

/** The largest of some amounts; nothing where there is none. */
export function largest(amounts: string[]): Nanos {
  return amounts.reduce((most, amount) => (compare(amount, most) > 0 ? parse(amount) : most), 0n);
}

/** An amount to three digits that count, halves up, for an average: more of them would say nothing. */
export function roughly(amount: Nanos): Nanos {
  const step = 10n ** BigInt(Math.max(`${amount}`.length - 3, 0));
  return ((amount + step / 2n) / step) * step;
}
