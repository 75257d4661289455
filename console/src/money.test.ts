import { describe, expect, it } from 'vitest';
import {
  atPerMille,
  compare,
  format,
  formatFine,
  formatShort,
  parse,
  parseTyped,
  perMille,
  sum,
  write,
} from './money';

describe('money', () => {
  it('reads what the API writes, to the nano-dollar', () => {
    expect(parse('0.000000001')).toBe(1n);
    expect(parse('-12.5')).toBe(-12_500_000_000n);
    expect(parse('90071992547409.930000001')).toBe(90071992547409_930000001n);
  });

  it('refuses what is no amount', () => {
    for (const text of ['', '1.', '.5', '1e3', '1.0000000001', '1,000', ' 1', 'NaN']) {
      expect(() => parse(text), text).toThrow(RangeError);
    }
  });

  it('understands what people type', () => {
    expect(parseTyped(' $1,250.50 ')).toBe(parse('1250.5'));
    expect(parseTyped('-$3')).toBe(parse('-3'));
    expect(parseTyped('ten')).toBeUndefined();
  });

  it('writes what it reads', () => {
    for (const text of ['0', '1', '-0.000000001', '1250.5', '0.0031']) expect(write(parse(text))).toBe(text);
    expect(write(parse('1.500'))).toBe('1.5');
  });

  it('shows every digit that counts, two at least, and the currency', () => {
    expect(format('0')).toBe('$0.00');
    expect(format('0.0031')).toBe('$0.0031');
    expect(format('0.000000004')).toBe('$0.000000004');
    expect(format('1234567.5')).toBe('$1,234,567.50');
    expect(format('-0.25')).toBe('−$0.25');
    expect(format('5', { plus: true })).toBe('+$5.00');
    expect(format('0', { plus: true })).toBe('$0.00');
  });

  it('shows a line of a bill to its last digit', () => {
    expect(formatFine('0.000000000000001')).toBe('$0.000000000000001');
    expect(formatFine('1234.5')).toBe('$1,234.50');
    expect(formatFine('0.001330013300000')).toBe('$0.0013300133');
    expect(() => formatFine('1e-9')).toThrow(RangeError);
  });

  it('shortens amounts, but never something to nothing', () => {
    expect(formatShort('1234.5678')).toBe('$1,234.57');
    expect(formatShort('0.123456')).toBe('$0.1235');
    expect(formatShort('0.000000004')).toBe('$0.000000004');
    expect(formatShort('-1.005')).toBe('−$1.01');
    expect(formatShort('0')).toBe('$0.00');
  });

  it('adds without losing anything', () => {
    expect(write(sum(['0.1', '0.2', '-0.000000001']))).toBe('0.299999999');
    expect(sum([])).toBe(0n);
  });

  it('compares by value, not by letters', () => {
    expect(compare('9', '10')).toBe(-1);
    expect(compare('1.50', '1.5')).toBe(0);
    expect(compare('0', '-0.1')).toBe(1);
  });

  it('gives shares in thousandths, and a trace of what is tiny', () => {
    expect(perMille('1', '3')).toBe(333);
    expect(perMille('0.000000001', '1000000')).toBe(1);
    expect(perMille('0', '10')).toBe(0);
    expect(perMille('5', '0')).toBe(0);
    expect(write(atPerMille(333, '3'))).toBe('0.999');
  });
});
