/** The call of the form as code for those who call the gateway: the dialects that it takes today. */
import type { Snippet } from '@/parts/CodeBlock';
import type { ChatRequest, Message } from './request';

/** Stands in for the key, which the console does not know. */
const KEY = 'TOLLGATE_KEY';

/** The same call by command line and with the SDKs, against a gateway such as `http://127.0.0.1:8402`. */
export function snippetsOf(gateway: string, request: ChatRequest): Snippet[] {
  const base = `${gateway.replace(/\/+$/, '')}/v1`;
  return [
    { label: 'curl', code: curl(base, request) },
    { label: 'Python', code: python(base, request) },
    { label: 'JavaScript', code: javascript(base, request) },
  ];
}

/** The messages up to the last that the user said, since a call asks for what follows; an example where there is none. */
export function asked(messages: Message[]): Message[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return last < 0 ? [...messages, { role: 'user', content: 'Hello' }] : messages.slice(0, last + 1);
}

function curl(base: string, request: ChatRequest): string {
  const body = JSON.stringify(request, null, 2).replaceAll("'", `'\\''`);
  return [
    `curl ${request.stream ? '-N ' : ''}${base}/chat/completions \\`,
    `  -H "Authorization: Bearer $${KEY}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '${body}'`,
  ].join('\n');
}

function python(base: string, request: ChatRequest): string {
  const members = Object.entries(request).map(([name, value]) => `    ${name}=${literal(value, PYTHON, 1)},`);
  const end = request.stream
    ? [
        'for chunk in answer:',
        '    if chunk.choices:',
        '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
      ]
    : ['print(answer.choices[0].message.content)'];
  return [
    'import os',
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${JSON.stringify(base)}, api_key=os.environ["${KEY}"])`,
    '',
    'answer = client.chat.completions.create(',
    ...members,
    ')',
    ...end,
  ].join('\n');
}

function javascript(base: string, request: ChatRequest): string {
  const end = request.stream
    ? [
        'for await (const chunk of answer) {',
        '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");',
        '}',
      ]
    : ['console.log(answer.choices[0].message.content);'];
  return [
    'import OpenAI from "openai";',
    '',
    `const client = new OpenAI({ baseURL: ${JSON.stringify(base)}, apiKey: process.env.${KEY} });`,
    '',
    `const answer = await client.chat.completions.create(${literal(request, JAVASCRIPT, 0)});`,
    ...end,
  ].join('\n');
}

/** How a language writes what JSON can hold. */
interface Style {
  indent: string;
  key: (name: string) => string;
  yes: string;
  no: string;
  open: string;
  close: string;
}

const PYTHON: Style = {
  indent: '    ',
  key: (name) => `"${name}"`,
  yes: 'True',
  no: 'False',
  open: '{',
  close: '}',
};
const JAVASCRIPT: Style = {
  indent: '  ',
  key: (name) => name,
  yes: 'true',
  no: 'false',
  open: '{ ',
  close: ' }',
};

/** A value as a literal; lists of objects and the outermost object over several lines, the others on one. */
function literal(value: unknown, style: Style, depth: number): string {
  if (typeof value === 'boolean') return value ? style.yes : style.no;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = (each: unknown) => literal(each, style, depth + 1);
  const lines = (items: string[], [open, close]: [string, string]) => {
    const margin = style.indent.repeat(depth + 1);
    return `${open}\n${items.map((item) => `${margin}${item},\n`).join('')}${style.indent.repeat(depth)}${close}`;
  };
  if (Array.isArray(value)) {
    const items = value.map(inner);
    return value.some((each) => typeof each === 'object')
      ? lines(items, ['[', ']'])
      : `[${items.join(', ')}]`;
  }
  const members = Object.entries(value).map(([name, each]) => `${style.key(name)}: ${inner(each)}`);
  return depth === 0 ? lines(members, ['{', '}']) : `${style.open}${members.join(', ')}${style.close}`;
}
