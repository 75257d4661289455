import { describe, expect, it } from 'vitest';
import { PURPOSES } from './purposes';
import { snippets } from './snippets';
import { awsSnippet } from './vendors';

const aws = { access_key_id: 'AKIATG1', secret_access_key: 's3cret' };
const call = { gateway: 'http://127.0.0.1:8402/', key: 'tg_abc', model: 'sandbox/echo', aws };

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

  it('have gateway, key and model in each of them, and a label of its own', () => {
    for (const { value } of PURPOSES) {
      const all = snippets(call, value);
      expect(new Set(all.map(({ label }) => label)).size).toBe(all.length);
      for (const { label, code } of all) {
        expect(code, label).toContain('http://127.0.0.1:8402');
        expect(code, label).toContain('sandbox/echo');
        expect(code, label).toContain(label === 'AWS' ? 's3cret' : 'tg_abc');
      }
    }
  });

  it('speak every vendor’s SDK for a conversation, at /v1 for OpenAI’s and at the root for the others', () => {
    const all = snippets(call);
    expect(all.map(({ label }) => label)).toEqual([
      'curl',
      'Python',
      'JavaScript',
      'Anthropic',
      'Google',
      'Cohere',
      'Ollama',
      'AWS',
    ]);
    for (const { label, code } of all) {
      const atV1 = ['curl', 'Python', 'JavaScript'].includes(label);
      expect(code.includes('8402/v1'), label).toBe(atV1);
    }
  });

  it('send a file as a form, and sound to a file', () => {
    expect(snippets(call, 'transcriptions')[0]?.code).toContain('-F file=@morning.wav');
    expect(snippets(call, 'speech')[0]?.code).toContain('-o morning.wav');
  });

  it('sign with both halves of a key pair', () => {
    const { code } = awsSnippet(call);
    expect(code).toContain('endpoint_url="http://127.0.0.1:8402');
    expect(code).toContain('aws_access_key_id="AKIATG1"');
    expect(code).toContain('aws_secret_access_key="s3cret"');
  });

  it('let no name of a model out of its quotes', () => {
    const [curl, python] = snippets({ ...call, model: `a'"b` });
    expect(curl?.code).toContain(`"model":"a'\\''\\"b"`);
    expect(python?.code).toContain(`model="a'\\"b"`);
  });
});
