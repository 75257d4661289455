import { formatFine } from '@/money';

/** Amounts in full, with as many digits after the point as the longest of them has: so they add up by eye. */
export function evenly(amounts: string[]): string[] {
  const written = amounts.map(formatFine);
  const digits = (amount: string) => amount.length - amount.indexOf('.');
  const most = Math.max(...written.map(digits));
  return written.map((amount) => amount + '0'.repeat(most - digits(amount)));
}
