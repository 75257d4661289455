import { describe, expect, it } from 'vitest';
import { blocked, fieldsOf, moved, newFields, specOf, withStrategy, withTarget } from './form';

const spec = {
  strategy: 'weighted' as const,
  targets: [
    { provider: 'openai', model: 'gpt-5', weight: 9 },
    { provider: 'sandbox', model: 'echo' },
  ],
};

describe('the form of a model', () => {
  it('makes the spec that it was made of', () => {
    expect(specOf(fieldsOf('smart', spec))).toEqual(spec);
  });

  it('loses nothing for which it has no field', () => {
    const full = {
      ...spec,
      strategy: 'consistent-hash' as const,
      hash_by: { header: 'x-session' },
      some_option: { deep: [1] },
      targets: spec.targets.map((target) => ({ ...target, some_more: ['x'] })),
    };
    expect(specOf(fieldsOf('smart', full))).toEqual(full);
    const { hash_by: _, ...others } = full;
    const cheap = specOf(withStrategy(fieldsOf('smart', full), 'least-cost'));
    expect(cheap).toEqual({ ...others, strategy: 'least-cost' });
  });

  it('begins with the target that was chosen, whose model may have slashes', () => {
    expect(newFields('openrouter/meta/llama').targets[0]).toMatchObject({
      provider: 'openrouter',
      model: 'meta/llama',
    });
    expect(newFields('/').targets[0]).toMatchObject({ provider: '', model: '' });
  });

  it('says what is missing, one thing after the other', () => {
    const fields = { ...newFields('/'), name: 'smart' };
    expect(blocked({ ...fields, name: ' ' })).toBe('Give it a name.');
    expect(blocked(fields)).toBe('Choose a provider for every target.');
    expect(blocked(fieldsOf('smart', spec))).toBeUndefined();
    const weightless = { ...fieldsOf('smart', spec) };
    weightless.targets = weightless.targets.map((target) => ({ ...target, weight: '0' }));
    expect(blocked(weightless)).toBe('Give at least one target a weight.');
  });

  it('moves targets as far as there is room', () => {
    const fields = fieldsOf('smart', spec);
    expect(moved(fields, 0, 1).targets.map(({ provider }) => provider)).toEqual(['sandbox', 'openai']);
    expect(moved(fields, 0, -1)).toEqual(fields);
  });

  it('gives every target an id of its own', () => {
    const ids = withTarget(withTarget(fieldsOf('smart', spec))).targets.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });
});
