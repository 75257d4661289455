/**
 * Amounts of US dollars, exact to the nano-dollar. The API sends them as decimal strings; here they are
 * BigInt nano-dollars. Nothing of an amount ever becomes a Number.
 */

/** Nano-dollars: a thousand-millionth of a dollar. */
export type Nanos = bigint;

const SCALE = 1_000_000_000n;
const DIGITS = 9;
const FORM = /^(-?)(\d+)(?:\.(\d{1,9}))?$/;

/** The nano-dollars of an amount as the API writes it, such as `0.0031`. Throws a RangeError for anything else. */
export function parse(text: string): Nanos {
  const nanos = read(text);
  if (nanos === undefined) throw new RangeError(`"${text}" is no amount of dollars`);
  return nanos;
}

/** What a person typed, such as `$1,250.50`; undefined where that is no amount with at most nine digits. */
export function parseTyped(text: string): Nanos | undefined {
  return read(
    text
      .trim()
      .replace(/^(-?)\$/, '$1')
      .replaceAll(',', ''),
  );
}

/** An amount as the API takes it: no sign of currency, no separators, no needless zeros. */
export function write(nanos: Nanos): string {
  const { minus, whole, fraction } = split(nanos);
  const digits = fraction.replace(/0+$/, '');
  return `${minus ? '-' : ''}${whole}${digits && `.${digits}`}`;
}

/** An amount in full: `$1,250.00`, `$0.0031`. At least two digits after the point, and every one that counts. */
export function format(amount: string | Nanos, options: { plus?: boolean } = {}): string {
  const { minus, whole, fraction } = split(nanosOf(amount));
  const sign = minus ? '−' : options.plus && nanosOf(amount) > 0n ? '+' : '';
  return `${sign}$${grouped(whole)}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

/**
 * An amount finer than a nano-dollar, such as a line of a bill before its sum is rounded, in full. For showing
 * only. Throws a RangeError for what is no decimal number.
 */
export function formatFine(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new RangeError(`"${text}" is no amount of dollars`);
  const [, minus, whole = '', fraction = ''] = match;
  return `${minus ? '−' : ''}$${grouped(whole)}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

/**
 * An amount for a tile or an axis: two digits after the point from a dollar on, four below, and in full where
 * less than that would be left of it. Never shows something as nothing. Show the exact one beside it.
 */
export function formatShort(amount: string | Nanos): string {
  const nanos = nanosOf(amount);
  const size = nanos < 0n ? -nanos : nanos;
  if (size >= SCALE) return format(rounded(nanos, 2));
  return size < SCALE / 100n ? format(nanos) : format(rounded(nanos, 4));
}

/** The sum of amounts. */
export function sum(amounts: Iterable<string | Nanos>): Nanos {
  let total = 0n;
  for (const amount of amounts) total += nanosOf(amount);
  return total;
}

/** Less than, equal to or more than zero as `left` is less than, equal to or more than `right`. */
export function compare(left: string | Nanos, right: string | Nanos): -1 | 0 | 1 {
  const [a, b] = [nanosOf(left), nanosOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * How large a part is of a whole, in thousandths, for the length of a bar or the height of a point. A part
 * that is more than nothing is at least one; of a whole that is nothing every part is zero.
 */
export function perMille(part: string | Nanos, whole: string | Nanos): number {
  const [a, b] = [nanosOf(part), nanosOf(whole)];
  if (b <= 0n || a <= 0n) return 0;
  const share = (a * 1000n) / b;
  return Number(share === 0n ? 1n : share);
}

/** The amount at so many thousandths of a whole: the reverse of `perMille`, for the labels of an axis. */
export function atPerMille(share: number, whole: string | Nanos): Nanos {
  return (nanosOf(whole) * BigInt(Math.round(share))) / 1000n;
}

function nanosOf(amount: string | Nanos): Nanos {
  return typeof amount === 'bigint' ? amount : parse(amount);
}

function read(text: string): Nanos | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const size = BigInt(match[2] ?? '') * SCALE + BigInt((match[3] ?? '').padEnd(DIGITS, '0'));
  return match[1] ? -size : size;
}

function split(nanos: Nanos) {
  const minus = nanos < 0n;
  const size = minus ? -nanos : nanos;
  return { minus, whole: `${size / SCALE}`, fraction: `${size % SCALE}`.padStart(DIGITS, '0') };
}

/** To so many digits after the point, halves away from zero. */
function rounded(nanos: Nanos, digits: number): Nanos {
  const step = 10n ** BigInt(DIGITS - digits);
  const half = nanos < 0n ? -step / 2n : step / 2n;
  return ((nanos + half) / step) * step;
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}
