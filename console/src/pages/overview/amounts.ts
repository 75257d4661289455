import { compare, type Nanos, parse } from '@/money';

/** The largest of some amounts; nothing where there is none. */
export function largest(amounts: string[]): Nanos {
  return amounts.reduce((most, amount) => (compare(amount, most) > 0 ? parse(amount) : most), 0n);
}

/** The power of ten at or above an amount: thousandths of it that are round are round amounts, as an axis wants. */
export function roundAbove(amount: Nanos): Nanos {
  let round = 1n;
  while (round < amount) round *= 10n;
  return round;
}

/** An amount to three digits that count, halves up, for an average: more of them would say nothing. */
export function roughly(amount: Nanos): Nanos {
  const step = 10n ** BigInt(Math.max(`${amount}`.length - 3, 0));
  return ((amount + step / 2n) / step) * step;
}
