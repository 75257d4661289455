import { expect, it } from 'vitest';
import { curlOf } from './gateway';

it('writes a command for the gateway as it is', () => {
  expect(curlOf('http://127.0.0.1:9000')).toBe(`curl http://127.0.0.1:9000/v1/chat/completions \\
  -H "Authorization: Bearer $TOLLGATE_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"sandbox/echo","messages":[{"role":"user","content":"Hello"}]}'`);
});

it('keeps a name with a quote within its quotes', () => {
  expect(curlOf(undefined, "bob's")).toContain(`"model":"bob'\\''s"`);
});
