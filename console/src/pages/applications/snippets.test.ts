import { describe, expect, it } from 'vitest';
import { snippets } from './snippets';

const call = { gateway: 'http://127.0.0.1:8402/', key: 'tg_abc', model: 'sandbox/echo' };

describe('snippets', () => {
  it('are a curl command that can be pasted as it stands', () => {
    expect(snippets(call)[0]?.code).toBe(
      [
        'curl http://127.0.0.1:8402/v1/chat/completions \\',
        '  -H "Authorization: Bearer tg_abc" \\',
        '  -H "Content-Type: application/json" \\',
        `  -d '{"model":"sandbox/echo","messages":[{"role":"user","content":"Say hello"}]}'`,
      ].join('\n'),
    );
  });

  it('point the SDKs at /v1 of the gateway, with the key and the model', () => {
    for (const { label, code } of snippets(call)) {
      expect(code, label).toContain('http://127.0.0.1:8402/v1');
      expect(code, label).toContain('tg_abc');
      expect(code, label).toContain('sandbox/echo');
    }
  });

  it('let no name of a model out of its quotes', () => {
    const [curl, python] = snippets({ ...call, model: `a'"b` });
    expect(curl?.code).toContain(`"model":"a'\\''\\"b"`);
    expect(python?.code).toContain(`model="a'\\"b"`);
  });
});
