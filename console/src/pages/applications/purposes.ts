/** What code that is shown with a key can do. */
import type { Schemas } from '@/api/client';

/** What is said to a model. */
export const PROMPT = 'Say hello';

/** What the code is to do. */
export type Purpose =
  | 'chat'
  | 'embeddings'
  | 'rerank'
  | 'images'
  | 'speech'
  | 'transcriptions'
  | 'moderations';

/** The purposes with what they are called, and the sandbox's model for each. */
export const PURPOSES: { value: Purpose; label: string; sandbox: string }[] = [
  { value: 'chat', label: 'Chat', sandbox: 'sandbox/echo' },
  { value: 'embeddings', label: 'Embeddings', sandbox: 'sandbox/embed' },
  { value: 'rerank', label: 'Reranking', sandbox: 'sandbox/rerank' },
  { value: 'images', label: 'Pictures', sandbox: 'sandbox/image' },
  { value: 'speech', label: 'Speech', sandbox: 'sandbox/speech' },
  { value: 'transcriptions', label: 'Transcription', sandbox: 'sandbox/transcribe' },
  { value: 'moderations', label: 'Moderation', sandbox: 'sandbox/moderate' },
];

/** What a call needs: a gateway such as `http://127.0.0.1:8402`, a key, a model, and the key as a pair where it is known. */
export interface Call {
  gateway: string;
  key: string;
  model: string;
  aws?: Schemas['KeyPair'];
}
