/** The call of the form as code for those who call the gateway, in the dialect that is chosen. */
import type { Snippet } from '@/parts/CodeBlock';
import { type Dialect, sentOf } from './dialects';
import type { ChatRequest, Message } from './request';

/** Stands in for the key, which the console does not know. */
const KEY = 'TOLLGATE_KEY';

/** The same call by command line and with the dialect's SDKs, against a gateway such as `http://127.0.0.1:8402`. */
export function snippetsOf(
  gateway: string,
  request: ChatRequest,
  dialect: Dialect = 'openai-chat',
): Snippet[] {
  const base = gateway.replace(/\/+$/, '');
  const { path, body } = sentOf(dialect, request);
  const [py, js] = CODERS[dialect](base, request, body);
  return [
    { label: 'curl', code: curl(`${base}${path}`, body, Boolean(request.stream)) },
    { label: 'Python', code: py },
    { label: 'JavaScript', code: js },
  ];
}

/** The messages up to the last that the user said, since a call asks for what follows; an example where there is none. */
export function asked(messages: Message[]): Message[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return last < 0 ? [...messages, { role: 'user', content: 'Hello' }] : messages.slice(0, last + 1);
}

function curl(url: string, given: object, stream: boolean): string {
  const body = JSON.stringify(given, null, 2).replaceAll("'", `'\\''`);
  const address = /^[\w@%+=:,./-]+$/.test(url) ? url : `'${url}'`;
  return [
    `curl ${stream ? '-N ' : ''}${address} \\`,
    `  -H "Authorization: Bearer $${KEY}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '${body}'`,
  ].join('\n');
}

/** Python and JavaScript with the SDKs of a dialect. */
type Coder = (base: string, request: ChatRequest, body: object) => [string, string];

const CODERS: Record<Dialect, Coder> = {
  'openai-chat': (base, { stream }, body) => [
    python(
      'from openai import OpenAI',
      `OpenAI(base_url=${JSON.stringify(`${base}/v1`)}, api_key=os.environ["${KEY}"])`,
      ['answer = client.chat.completions.create(', ...named(body), ')'],
      stream
        ? [
            'for chunk in answer:',
            '    if chunk.choices:',
            '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
          ]
        : ['print(answer.choices[0].message.content)'],
    ),
    javascript(
      'import OpenAI from "openai";',
      `new OpenAI({ baseURL: ${JSON.stringify(`${base}/v1`)}, apiKey: process.env.${KEY} })`,
      `client.chat.completions.create(${literal(body, JAVASCRIPT, 0)})`,
      stream
        ? each('chunk', 'process.stdout.write(chunk.choices[0]?.delta?.content ?? "");')
        : ['console.log(answer.choices[0].message.content);'],
    ),
  ],
  'openai-responses': (base, { stream }, body) => [
    python(
      'from openai import OpenAI',
      `OpenAI(base_url=${JSON.stringify(`${base}/v1`)}, api_key=os.environ["${KEY}"])`,
      ['answer = client.responses.create(', ...named(body), ')'],
      stream
        ? [
            'for event in answer:',
            '    if event.type == "response.output_text.delta":',
            '        print(event.delta, end="", flush=True)',
          ]
        : ['print(answer.output_text)'],
    ),
    javascript(
      'import OpenAI from "openai";',
      `new OpenAI({ baseURL: ${JSON.stringify(`${base}/v1`)}, apiKey: process.env.${KEY} })`,
      `client.responses.create(${literal(body, JAVASCRIPT, 0)})`,
      stream
        ? each('event', 'if (event.type === "response.output_text.delta") process.stdout.write(event.delta);')
        : ['console.log(answer.output_text);'],
    ),
  ],
  'anthropic-messages': (base, { stream }, body) => [
    python(
      'import anthropic',
      `anthropic.Anthropic(base_url=${JSON.stringify(base)}, api_key=os.environ["${KEY}"])`,
      ['answer = client.messages.create(', ...named(body), ')'],
      stream
        ? [
            'for event in answer:',
            '    if event.type == "content_block_delta" and event.delta.type == "text_delta":',
            '        print(event.delta.text, end="", flush=True)',
          ]
        : ['print(answer.content[0].text)'],
    ),
    javascript(
      'import Anthropic from "@anthropic-ai/sdk";',
      `new Anthropic({ baseURL: ${JSON.stringify(base)}, apiKey: process.env.${KEY} })`,
      `client.messages.create(${literal(body, JAVASCRIPT, 0)})`,
      stream
        ? each('event', 'process.stdout.write(event.delta?.text ?? "");')
        : ['console.log(answer.content[0].text);'],
    ),
  ],
  gemini: (base, request, body) => {
    const { model, stream } = request;
    const { contents, systemInstruction, generationConfig } = body as Record<string, object | undefined>;
    const system = systemInstruction && { systemInstruction };
    const config = system || generationConfig ? { config: { ...system, ...generationConfig } } : {};
    const verb = stream ? 'generate_content_stream' : 'generate_content';
    const snake = { model, contents, ...(config.config && { config: snaked(config.config) }) };
    return [
      python(
        'from google import genai',
        `genai.Client(api_key=os.environ["${KEY}"], http_options={"base_url": ${JSON.stringify(base)}})`,
        [`answer = client.models.${verb}(`, ...named(snake), ')'],
        stream
          ? ['for chunk in answer:', '    print(chunk.text or "", end="", flush=True)']
          : ['print(answer.text)'],
      ),
      javascript(
        'import { GoogleGenAI } from "@google/genai";',
        `new GoogleGenAI({ apiKey: process.env.${KEY}, httpOptions: { baseUrl: ${JSON.stringify(base)} } })`,
        `client.models.${stream ? 'generateContentStream' : 'generateContent'}(${literal({ model, contents, ...config }, JAVASCRIPT, 0)})`,
        stream ? each('chunk', 'process.stdout.write(chunk.text ?? "");') : ['console.log(answer.text);'],
      ),
    ];
  },
};

function python(sdk: string, client: string, call: string[], end: string[]): string {
  return ['import os', sdk, '', `client = ${client}`, '', ...call, ...end].join('\n');
}

function javascript(sdk: string, client: string, call: string, end: string[]): string {
  return [sdk, '', `const client = ${client};`, '', `const answer = await ${call};`, ...end].join('\n');
}

/** A loop over a stream. */
function each(name: string, deed: string): string[] {
  return [`for await (const ${name} of answer) {`, `  ${deed}`, '}'];
}

/** The members of a body as arguments of Python. */
function named(body: object): string[] {
  return Object.entries(body).map(([name, value]) => `    ${name}=${literal(value, PYTHON, 1)},`);
}

/** A configuration with Python's names: `maxOutputTokens` is `max_output_tokens`. */
function snaked(config: object): object {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [snake(name), value]));
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
