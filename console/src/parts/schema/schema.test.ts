import { describe, expect, it } from 'vitest';
import { blank, entryOf, type JsonSchema, labelOf, resolve } from './schema';

const root: JsonSchema = {
  $defs: {
    Amount: { type: 'string', pattern: '^-?\\d+(\\.\\d{1,9})?$', description: 'Dollars.' },
    Secret: {
      oneOf: [
        { type: 'object', properties: { env: { type: 'string' } }, required: ['env'] },
        { type: 'object', properties: { file: { type: 'string' } }, required: ['file'] },
      ],
    },
    Strategy: { oneOf: [{ const: 'priority' }, { const: 'weighted' }] },
    Target: {
      type: 'object',
      properties: { model: { type: 'string' }, weight: { type: 'integer', default: 1 } },
      required: ['model'],
    },
  },
};

const entry = (schema: JsonSchema) => entryOf(resolve(schema, root));

describe('a schema', () => {
  it('is followed to what it refers to, keeping its own words', () => {
    const amount = resolve({ $ref: '#/$defs/Amount', description: 'The limit.' }, root);
    expect(amount).toMatchObject({ type: 'string', description: 'The limit.' });
  });

  it('says how its value is entered', () => {
    expect(entry({ $ref: '#/$defs/Amount' })).toBe('money');
    expect(entry({ $ref: '#/$defs/Strategy' })).toBe('choice');
    expect(entry({ $ref: '#/$defs/Secret' })).toBe('variants');
    expect(entry({ type: 'array', items: { type: 'string' } })).toBe('list');
    expect(entry({ type: 'object', additionalProperties: { type: 'string' } })).toBe('map');
    expect(entry({ type: 'object', properties: {} })).toBe('object');
    expect(entry({})).toBe('json');
  });

  it('treats "or null" as left out', () => {
    expect(entry({ type: ['integer', 'null'] })).toBe('number');
    expect(entry({ anyOf: [{ $ref: '#/$defs/Strategy' }, { type: 'null' }] })).toBe('choice');
  });

  it('begins a new value with what is required and nothing else', () => {
    expect(blank({ $ref: '#/$defs/Target' }, root)).toEqual({ model: '' });
    expect(blank({ $ref: '#/$defs/Secret' }, root)).toEqual({ env: '' });
    expect(blank({ type: 'integer', default: 3 }, root)).toBe(3);
  });

  it('gives properties labels that people read', () => {
    expect(labelOf('base_url', {})).toBe('Base URL');
    expect(labelOf('first_byte_ms', {})).toBe('First byte (ms)');
    expect(labelOf('spec', { title: 'ModelSpec' })).toBe('Spec');
  });
});
