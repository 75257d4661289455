import { describe, expect, it } from 'vitest';
import type { Dialect } from './dialects';
import type { ChatRequest } from './request';
import { asked, snippetsOf } from './snippets';

const request: ChatRequest = {
  model: 'smart',
  messages: [
    { role: 'system', content: 'It\'s "short"' },
    { role: 'user', content: 'Hello\nthere' },
  ],
  temperature: 0.2,
  stop: ['END'],
};
const streamed: ChatRequest = { ...request, stream: true, stream_options: { include_usage: true } };
const code = (label: string, of: ChatRequest) =>
  snippetsOf('http://127.0.0.1:8402/', of).find((snippet) => snippet.label === label)?.code;

describe('what is asked', () => {
  it('ends with the user’s word, as the call did that was answered last', () => {
    const [system, hello] = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Hi' },
    ];
    expect(asked([system, hello, { role: 'assistant', content: 'Hello' }])).toEqual([system, hello]);
    expect(asked([system])).toEqual([system, { role: 'user', content: 'Hello' }]);
  });
});

describe('snippets', () => {
  it('call the real gateway from the shell, with quotes that survive it', () => {
    const text = code('curl', request) ?? '';
    expect(text).toContain('curl http://127.0.0.1:8402/v1/chat/completions \\');
    const body = /-d '(.*)'$/s.exec(text)?.[1]?.replaceAll(`'\\''`, "'") ?? '';
    expect(JSON.parse(body)).toEqual(request);
    expect(code('curl', streamed)).toContain('curl -N ');
  });

  it('are Python', () => {
    expect(code('Python', streamed)).toBe(
      [
        'import os',
        'from openai import OpenAI',
        '',
        'client = OpenAI(base_url="http://127.0.0.1:8402/v1", api_key=os.environ["TOLLGATE_KEY"])',
        '',
        'answer = client.chat.completions.create(',
        '    model="smart",',
        '    messages=[',
        '        {"role": "system", "content": "It\'s \\"short\\""},',
        '        {"role": "user", "content": "Hello\\nthere"},',
        '    ],',
        '    temperature=0.2,',
        '    stop=["END"],',
        '    stream=True,',
        '    stream_options={"include_usage": True},',
        ')',
        'for chunk in answer:',
        '    if chunk.choices:',
        '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
      ].join('\n'),
    );
  });

  it('are JavaScript', () => {
    expect(code('JavaScript', { model: 'smart', messages: [{ role: 'user', content: 'Hi' }] })).toBe(
      [
        'import OpenAI from "openai";',
        '',
        'const client = new OpenAI({ baseURL: "http://127.0.0.1:8402/v1", apiKey: process.env.TOLLGATE_KEY });',
        '',
        'const answer = await client.chat.completions.create({',
        '  model: "smart",',
        '  messages: [',
        '    { role: "user", content: "Hi" },',
        '  ],',
        '});',
        'console.log(answer.choices[0].message.content);',
      ].join('\n'),
    );
  });
});

describe('code in another dialect', () => {
  const of = (dialect: Dialect, label: string, call = request) =>
    snippetsOf('http://127.0.0.1:8402/', call, dialect).find((each) => each.label === label)?.code;

  it('is for the SDK of that dialect, at the address where that looks', () => {
    expect(of('anthropic-messages', 'curl')).toContain('http://127.0.0.1:8402/v1/messages');
    expect(of('anthropic-messages', 'Python')).toContain('base_url="http://127.0.0.1:8402"');
    expect(of('openai-responses', 'Python')).toContain('instructions="It\'s \\"short\\""');
    expect(of('gemini', 'Python')).toContain('"stop_sequences": ["END"]');
    expect(of('gemini', 'JavaScript')).toContain('stopSequences: ["END"]');
  });

  it('quotes an address that a shell would take apart', () => {
    expect(of('gemini', 'curl', streamed)).toContain(
      "curl -N 'http://127.0.0.1:8402/v1beta/models/smart:streamGenerateContent?alt=sse'",
    );
  });
});
