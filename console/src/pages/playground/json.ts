/** Reading JSON whose shape others decide: what is not as it should be is not there. */

export type Json = Record<string, unknown>;

/** The object that a text is; an empty one where it is none. */
export function parsed(body: string): Json {
  try {
    return object(JSON.parse(body));
  } catch {
    return {};
  }
}

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** The objects of a list. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
