import { problemFrom } from '@/api/problem';

/**
 * What is wrong at a place of what was sent, such as `#/spec/targets/1`, or below it; for the `error` of a field.
 * Undefined where nothing is.
 */
export function faultAt(error: unknown, pointer: string): string | undefined {
  if (!error) return undefined;
  const here = problemFrom(error).errors.filter(
    (fault) => fault.pointer === pointer || fault.pointer?.startsWith(`${pointer}/`),
  );
  return here.map(({ detail }) => detail).join(' ') || undefined;
}
