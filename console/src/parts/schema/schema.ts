/** What a form has to know of a JSON Schema (draft 2020-12, as the API gives it for the spec of a kind). */

/** The parts of a schema that forms look at. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
}

/** How a value is entered. */
export type Entry =
  | 'text'
  | 'money'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'list'
  | 'object'
  | 'map'
  | 'variants'
  | 'json';

/** An object of JSON. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema without references, and without "or null": what is not given is left out instead. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref) {
    const target = root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? {};
    const { $ref: _, ...own } = schema;
    return { ...resolve(target, root), ...own };
  }
  const choices = schema.anyOf ?? schema.oneOf;
  const real = choices?.filter((choice) => choice.type !== 'null');
  if (choices && real?.length === 1 && real[0]) {
    const { anyOf: _, oneOf: __, ...own } = schema;
    return { ...resolve(real[0], root), ...own };
  }
  if (Array.isArray(schema.type)) {
    return { ...schema, type: schema.type.find((type) => type !== 'null') };
  }
  return schema;
}

/** Whether a schema, before it is resolved, says "or null": there may be no such thing at all. */
export function isOptional(schema: JsonSchema): boolean {
  const choices = schema.anyOf ?? schema.oneOf;
  return choices?.some((choice) => choice.type === 'null') ?? schema.type?.includes('null') ?? false;
}

/** The values of which one is chosen, with what is said of each. */
export function choicesOf(schema: JsonSchema): JsonSchema[] {
  return schema.enum?.map((each) => ({ const: each })) ?? schema.oneOf ?? schema.anyOf ?? [];
}

/** How a value of a resolved schema is entered. */
export function entryOf(schema: JsonSchema): Entry {
  if (schema.enum) return 'choice';
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.every((choice) => choice.const !== undefined) ? 'choice' : 'variants';
  if (schema.type === 'array') return 'list';
  if (schema.type === 'object' || schema.properties) {
    return schema.properties ? 'object' : isObject(schema.additionalProperties) ? 'map' : 'json';
  }
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'string') return schema.pattern?.includes('\\.\\d{1,9}') ? 'money' : 'text';
  return 'json';
}

/** What a new value is: the default, or as little as there can be. */
export function blank(schema: JsonSchema, root: JsonSchema): unknown {
  const resolved = resolve(schema, root);
  if (resolved.default !== undefined && resolved.default !== null) return structuredClone(resolved.default);
  switch (entryOf(resolved)) {
    case 'list':
      return [];
    case 'object':
      return Object.fromEntries(
        (resolved.required ?? []).map((name) => [name, blank(resolved.properties?.[name] ?? {}, root)]),
      );
    case 'map':
    case 'json':
      return {};
    case 'boolean':
      return false;
    case 'variants': {
      const [first] = resolved.oneOf ?? resolved.anyOf ?? [];
      return first ? blank(first, root) : {};
    }
    case 'number':
      return undefined;
    default:
      return resolved.const ?? '';
  }
}

/** The label of a property: `base_url` → `Base URL`. */
export function labelOf(name: string, schema: JsonSchema): string {
  const words = name.replace(/[_-]+/g, ' ').replace(/\b(url|id|ca|ms|ttl)\b/g, (word) => word.toUpperCase());
  return schema.title && !/^[A-Z]\w+Spec$/.test(schema.title) && / /.test(schema.title)
    ? schema.title
    : words.charAt(0).toUpperCase() + words.slice(1).replace(/ MS$/, ' (ms)').replace(/ s$/, ' (s)');
}

/** The pointer of a fault or a place without its `#` and its last slash, so that they can be compared. */
export function plain(pointer: string): string {
  return pointer.replace(/^#/, '').replace(/\/$/, '');
}

/** One step further in a pointer. */
export function step(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
