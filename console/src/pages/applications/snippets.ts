/** Code that makes the first call with a key: for each task, with the SDKs that have it. */
import type { Snippet } from '@/parts/CodeBlock';
import { type Call, PROMPT, type Purpose } from './purposes';
import { python, quoted, vendors } from './vendors';

/** Code that is ready to run, by command line and with SDKs. */
export function snippets(call: Call, purpose: Purpose = 'chat'): Snippet[] {
  const given = { ...call, gateway: call.gateway.replace(/\/+$/, '') };
  return [...openai(given, purpose), ...vendors(given, purpose)];
}

/** By curl and with OpenAI's SDKs. */
function openai(call: Call, purpose: Purpose): Snippet[] {
  const { key, model } = call;
  const base = `${call.gateway}/v1`;
  const door = doorOf(purpose, model);
  const curl = { label: 'curl', code: curlOf(`${base}${door.path}`, key, door) };
  if (!door.python) return [curl];
  const client = ['client = OpenAI(', `    base_url=${quoted(base)},`, `    api_key=${quoted(key)},`, ')'];
  const init = `const client = new OpenAI({ baseURL: ${quoted(base)}, apiKey: ${quoted(key)} });`;
  return [
    curl,
    { label: 'Python', code: python('from openai import OpenAI', ...client, ...door.python) },
    {
      label: 'JavaScript',
      code: [
        ...(door.javascript?.some((line) => line.includes('fs.')) ? ['import fs from "node:fs";'] : []),
        'import OpenAI from "openai";',
        '',
        init,
        ...(door.javascript ?? []),
      ].join('\n'),
    },
  ];
}

/** How a task is asked for in OpenAI's form. */
interface Door {
  path: string;
  body?: object;
  /** Fields of a form with a file, in place of a body. */
  form?: string[];
  /** Where the answer goes that is no text. */
  into?: string;
  python?: string[];
  javascript?: string[];
}

function doorOf(purpose: Purpose, name: string): Door {
  const model = quoted(name);
  switch (purpose) {
    case 'chat':
      return {
        path: '/chat/completions',
        body: { model: name, messages: [{ role: 'user', content: PROMPT }] },
        python: [
          'answer = client.chat.completions.create(',
          `    model=${model},`,
          `    messages=[{"role": "user", "content": "${PROMPT}"}],`,
          ')',
          'print(answer.choices[0].message.content)',
        ],
        javascript: [
          'const answer = await client.chat.completions.create({',
          `  model: ${model},`,
          `  messages: [{ role: "user", content: "${PROMPT}" }],`,
          '});',
          'console.log(answer.choices[0].message.content);',
        ],
      };
    case 'embeddings':
      return {
        path: '/embeddings',
        body: { model: name, input: 'a lamp' },
        python: [
          `answer = client.embeddings.create(model=${model}, input="a lamp")`,
          'print(answer.data[0].embedding[:4])',
        ],
        javascript: [
          `const answer = await client.embeddings.create({ model: ${model}, input: "a lamp" });`,
          'console.log(answer.data[0].embedding.slice(0, 4));',
        ],
      };
    case 'rerank':
      return { path: '/rerank', body: { model: name, query: 'a light', documents: ['a lamp', 'a spoon'] } };
    case 'images':
      return {
        path: '/images/generations',
        body: { model: name, prompt: 'a lamp' },
        python: [
          `answer = client.images.generate(model=${model}, prompt="a lamp")`,
          'print(answer.data[0].url or answer.data[0].b64_json[:40])',
        ],
        javascript: [
          `const answer = await client.images.generate({ model: ${model}, prompt: "a lamp" });`,
          'console.log(answer.data[0].url ?? answer.data[0].b64_json.slice(0, 40));',
        ],
      };
    case 'speech':
      return {
        path: '/audio/speech',
        body: { model: name, input: 'Good morning', voice: 'alloy' },
        into: 'morning.wav',
        python: [
          'speech = client.audio.speech.create(',
          `    model=${model}, input="Good morning", voice="alloy", response_format="wav"`,
          ')',
          'speech.write_to_file("morning.wav")',
        ],
        javascript: [
          'const speech = await client.audio.speech.create({',
          `  model: ${model}, input: "Good morning", voice: "alloy", response_format: "wav",`,
          '});',
          'fs.writeFileSync("morning.wav", Buffer.from(await speech.arrayBuffer()));',
        ],
      };
    case 'transcriptions':
      return {
        path: '/audio/transcriptions',
        form: [`model=${name}`, 'file=@morning.wav'],
        python: [
          'with open("morning.wav", "rb") as file:',
          `    answer = client.audio.transcriptions.create(model=${model}, file=file)`,
          'print(answer.text)',
        ],
        javascript: [
          'const answer = await client.audio.transcriptions.create({',
          `  model: ${model}, file: fs.createReadStream("morning.wav"),`,
          '});',
          'console.log(answer.text);',
        ],
      };
    case 'moderations':
      return {
        path: '/moderations',
        body: { model: name, input: 'Have a nice day' },
        python: [
          `answer = client.moderations.create(model=${model}, input="Have a nice day")`,
          'print(answer.results[0].flagged)',
        ],
        javascript: [
          `const answer = await client.moderations.create({ model: ${model}, input: "Have a nice day" });`,
          'console.log(answer.results[0].flagged);',
        ],
      };
  }
}

function curlOf(url: string, key: string, { body, form, into }: Door): string {
  const data = form
    ? form.map((field) => `  -F ${shell(field)}`)
    : ['  -H "Content-Type: application/json"', `  -d ${shell(JSON.stringify(body))}`];
  const lines = [`curl ${shell(url)}`, `  -H ${shell(`Authorization: Bearer ${key}`)}`, ...data];
  return [...lines, ...(into ? [`  -o ${into}`] : [])].join(' \\\n');
}

/** A word of a shell, quoted where it has to be. */
function shell(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (/^[\w@%+=:,./ -]+$/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
