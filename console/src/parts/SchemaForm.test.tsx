import { MantineProvider } from '@mantine/core';
import { act, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type JsonObject, type JsonSchema, SchemaForm, type SchemaFormProps } from './SchemaForm';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

const schema: JsonSchema = {
  type: 'object',
  required: ['limit'],
  properties: {
    limit: { type: 'string', pattern: '^\\d+(\\.\\d{1,9})?$', description: 'In `dollars`.' },
    targets: {
      type: 'array',
      items: { type: 'object', required: ['model'], properties: { model: { type: 'string' } } },
    },
    note: { type: ['string', 'null'] },
    kinds: { type: 'array', items: { oneOf: [{ const: 'a' }, { const: 'b', description: 'The second.' }] } },
    cache: {
      anyOf: [{ type: 'object', properties: { scope: { type: 'string' } } }, { type: 'null' }],
    },
    times: { type: 'object', properties: { first: { type: 'string' } } },
  },
};

let place: HTMLElement;
let root: Root;
let value: JsonObject;

function Harness(props: Partial<SchemaFormProps> & { start: JsonObject }) {
  const [held, hold] = useState(props.start);
  value = held;
  return (
    <MantineProvider env="test">
      <SchemaForm schema={schema} at="#/spec" {...props} value={held} onChange={hold} />
    </MantineProvider>
  );
}

const show = (start: JsonObject, props: Partial<SchemaFormProps> = {}) =>
  act(async () => root.render(<Harness start={start} {...props} />));

function field(label: string): HTMLInputElement {
  const named = [...place.querySelectorAll('label')].find((each) => each.textContent?.startsWith(label));
  const input = named && place.querySelector<HTMLInputElement>(`#${CSS.escape(named.htmlFor)}`);
  if (!input) throw new Error(`no field ${label} in ${place.textContent}`);
  return input;
}

async function type(input: HTMLInputElement, text: string) {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

const press = (name: string) =>
  act(async () => {
    const buttons = [...place.querySelectorAll('button')];
    const button = buttons.find((each) => (each.getAttribute('aria-label') ?? each.textContent) === name);
    if (!button) throw new Error(`no button ${name}`);
    button.click();
  });

beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
});

afterEach(async () => {
  await act(async () => root.unmount());
  place.remove();
});

describe('a form from a schema', () => {
  it('shows a fault at the field to which it points', async () => {
    await show({ limit: 'x' }, { faults: [{ pointer: '#/spec/limit', detail: 'This is no amount.' }] });
    expect(field('Limit').getAttribute('aria-invalid')).toBe('true');
    expect(place.textContent).toContain('This is no amount.');
  });

  it('keeps faults of other places to itself', async () => {
    await show({ limit: '1' }, { faults: [{ pointer: '#/name', detail: 'Taken.' }] });
    expect(place.textContent).not.toContain('Taken.');
  });

  it('writes an amount as the API takes it once the field is left', async () => {
    await show({});
    await type(field('Limit'), '$1,250.50');
    await act(async () => field('Limit').dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
    expect(value).toEqual({ limit: '1250.5' });
  });

  it('takes an optional property away when its field is emptied', async () => {
    await show({ limit: '1', note: 'x' });
    await type(field('Note'), '');
    expect(value).toEqual({ limit: '1' });
  });

  it('adds and removes items of a list', async () => {
    await show({ limit: '1' });
    await press('Add target');
    await type(field('Model'), 'gpt-5');
    expect(value.targets).toEqual([{ model: 'gpt-5' }]);
    await press('Remove target 1');
    expect(value.targets).toEqual([]);
  });

  it('adds and removes what there may be or not as a whole', async () => {
    await show({ limit: '1' }, { labels: { '/cache': 'Keep answers' } });
    await press('Add Keep answers');
    expect(value).toEqual({ limit: '1', cache: {} });
    await type(field('Scope'), 'team');
    await type(field('Scope'), '');
    expect(value).toEqual({ limit: '1', cache: {} });
    await press('Remove Keep answers');
    expect(value).toEqual({ limit: '1' });
  });

  it('takes an object away when nothing of it is left, if it was not added by itself', async () => {
    await show({ limit: '1' });
    await type(field('First'), 'x');
    expect(value).toEqual({ limit: '1', times: { first: 'x' } });
    await type(field('First'), '');
    expect(value).toEqual({ limit: '1' });
  });

  it('says what the page says of a property, in its order, and does not say it twice', async () => {
    const labels = { '/note': 'A word about it', '/limit': 'How much' };
    await show({ limit: '1' }, { labels, terse: ['/limit'] });
    const shown = [...place.querySelectorAll('label')].map((label) => label.textContent);
    expect(shown.filter((label) => label !== 'Form' && label !== 'JSON').slice(0, 2)).toEqual([
      'A word about it',
      'How much *',
    ]);
    expect(place.textContent).not.toContain('In dollars');
  });

  it('lets several of a set be chosen in one field', async () => {
    await show({ limit: '1', kinds: ['b'] });
    expect(field('Kinds').closest('.mantine-MultiSelect-root')?.textContent).toContain('b');
    expect(place.textContent).not.toContain('Kind 1');
  });

  it('shows what is not among the first below more settings', async () => {
    await show({ limit: '1' }, { first: ['limit'] });
    const more = place.querySelector('details');
    expect(more?.open).toBe(false);
    expect(more?.textContent).toContain('Note');
  });
});
