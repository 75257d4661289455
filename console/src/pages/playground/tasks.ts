/** What models do besides conversing, as the playground asks for it and reads the answers. */
import { number, object, objects, parsed, text } from './json';

/** The tasks, in OpenAI's form and Jina's. */
export const TASKS = [
  {
    value: 'embeddings',
    label: 'Embeddings',
    path: '/v1/embeddings',
    sandbox: 'sandbox/embed',
    asks: 'Texts, one a line',
  },
  {
    value: 'rerank',
    label: 'Reranking',
    path: '/v1/rerank',
    sandbox: 'sandbox/rerank',
    asks: 'Documents, one a line',
  },
  {
    value: 'images',
    label: 'Pictures',
    path: '/v1/images/generations',
    sandbox: 'sandbox/image',
    asks: 'What is to be seen',
  },
  {
    value: 'speech',
    label: 'Speech',
    path: '/v1/audio/speech',
    sandbox: 'sandbox/speech',
    asks: 'What is to be spoken',
  },
  {
    value: 'transcriptions',
    label: 'Transcription',
    path: '/v1/audio/transcriptions',
    sandbox: 'sandbox/transcribe',
    asks: 'A recording',
  },
  {
    value: 'moderations',
    label: 'Moderation',
    path: '/v1/moderations',
    sandbox: 'sandbox/moderate',
    asks: 'What is to be judged',
  },
] as const;

export type Task = (typeof TASKS)[number];

/** The task that a word of the address stands for. */
export function taskOf(word: string | undefined): Task {
  return TASKS.find(({ value }) => value === word) ?? TASKS[0];
}

/** What is asked. */
export interface Asked {
  model: string;
  text: string;
  /** What documents are compared with. */
  query: string;
  voice: string;
  file?: File | null;
}

/** Why a task cannot be asked for yet. */
export function lacking(task: Task, { text: said, query, file }: Asked): string | undefined {
  if (task.value === 'transcriptions') return file ? undefined : 'Choose a recording.';
  if (!said.trim()) return 'Say something.';
  return task.value === 'rerank' && !query.trim() ? 'Say what they are compared with.' : undefined;
}

/** The body of the call: JSON, or a form where a file is sent. */
export function bodyOf(task: Task, { model, text: said, query, voice, file }: Asked): object {
  switch (task.value) {
    case 'embeddings': {
      const texts = linesOf(said);
      return { model, input: texts.length === 1 ? texts[0] : texts };
    }
    case 'rerank':
      return { model, query, documents: linesOf(said) };
    case 'images':
      return { model, prompt: said };
    case 'speech':
      return { model, input: said, voice: voice.trim() || 'alloy' };
    case 'moderations':
      return { model, input: said };
    case 'transcriptions': {
      const form = new FormData();
      form.set('model', model);
      if (file) form.set('file', file);
      return form;
    }
  }
}

/** What came of a task. */
export type Result =
  | { kind: 'vectors'; vectors: { length: number; first: number[] }[] }
  | { kind: 'ranked'; items: { text: string; score: number }[] }
  | { kind: 'pictures'; pictures: { src?: string; url?: string }[] }
  | { kind: 'sound'; src: string }
  | { kind: 'text'; text: string }
  | { kind: 'judged'; items: { flagged: boolean; categories: string[] }[] };

const SHOWN = 6;

/** Reads an answer. `said` is what was asked, since rankings tell only places in it. */
export function resultOf(task: Task, body: string, said: string): Result {
  const answer = parsed(body);
  switch (task.value) {
    case 'embeddings':
      return {
        kind: 'vectors',
        vectors: objects(answer.data).map(({ embedding }) => {
          const numbers: unknown[] = Array.isArray(embedding) ? embedding : [];
          return { length: numbers.length, first: numbers.slice(0, SHOWN).map(Number) };
        }),
      };
    case 'rerank': {
      const documents = linesOf(said);
      return {
        kind: 'ranked',
        items: objects(answer.results).map((each) => ({
          text: documents[number(each.index) ?? -1] ?? '',
          score: number(each.relevance_score) ?? 0,
        })),
      };
    }
    case 'images':
      return {
        kind: 'pictures',
        pictures: objects(answer.data).map((each) => {
          const base64 = text(each.b64_json);
          return base64
            ? { src: `data:image/${text(answer.output_format) ?? 'png'};base64,${base64}` }
            : { url: text(each.url) };
        }),
      };
    case 'moderations':
      return {
        kind: 'judged',
        items: objects(answer.results).map((each) => ({
          flagged: each.flagged === true,
          categories: Object.entries(object(each.categories)).flatMap(([name, yes]) =>
            yes === true ? [name] : [],
          ),
        })),
      };
    default:
      return { kind: 'text', text: text(answer.text) ?? body };
  }
}

/** The lines of a text that say something. */
export function linesOf(said: string): string[] {
  return said
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
