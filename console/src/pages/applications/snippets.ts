/** Code that makes the first call with a key. */
import type { Snippet } from '@/parts/CodeBlock';

const PROMPT = 'Say hello';

/** Ready to run against a gateway such as `http://127.0.0.1:8402`, by command line and the OpenAI SDKs. */
export function snippets(call: { gateway: string; key: string; model: string }): Snippet[] {
  const base = `${call.gateway.replace(/\/+$/, '')}/v1`;
  const [url, key, model] = [base, call.key, call.model].map((text) => JSON.stringify(text));
  const body = JSON.stringify({ model: call.model, messages: [{ role: 'user', content: PROMPT }] });
  return [
    {
      label: 'curl',
      code: [
        `curl ${shell(`${base}/chat/completions`)} \\`,
        `  -H ${shell(`Authorization: Bearer ${call.key}`)} \\`,
        '  -H "Content-Type: application/json" \\',
        `  -d ${shell(body)}`,
      ].join('\n'),
    },
    {
      label: 'Python',
      code: [
        'from openai import OpenAI',
        '',
        'client = OpenAI(',
        `    base_url=${url},`,
        `    api_key=${key},`,
        ')',
        'answer = client.chat.completions.create(',
        `    model=${model},`,
        `    messages=[{"role": "user", "content": "${PROMPT}"}],`,
        ')',
        'print(answer.choices[0].message.content)',
      ].join('\n'),
    },
    {
      label: 'JavaScript',
      code: [
        'import OpenAI from "openai";',
        '',
        'const client = new OpenAI({',
        `  baseURL: ${url},`,
        `  apiKey: ${key},`,
        '});',
        'const answer = await client.chat.completions.create({',
        `  model: ${model},`,
        `  messages: [{ role: "user", content: "${PROMPT}" }],`,
        '});',
        'console.log(answer.choices[0].message.content);',
      ].join('\n'),
    },
  ];
}

/** A word of a shell, quoted where it has to be. */
function shell(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (/^[\w@%+=:,./ -]+$/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
