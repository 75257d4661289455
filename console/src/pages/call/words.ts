/** What the API tells by a code, in words. */
import type { Schemas } from '@/api/client';

/** What was consumed. */
export const USAGE: Record<Schemas['UsageClass'], string> = {
  input: 'Input tokens',
  cache_read: 'Input tokens from cache',
  cache_write: 'Tokens written to cache, 5 min',
  cache_write_long: 'Tokens written to cache, 1 h',
  input_audio: 'Audio tokens in',
  cache_read_audio: 'Audio tokens from cache',
  input_image: 'Image tokens in',
  cache_read_image: 'Image tokens from cache',
  input_video: 'Video tokens in',
  output: 'Output tokens',
  reasoning: 'Reasoning tokens',
  output_audio: 'Audio tokens out',
  output_image: 'Image tokens out',
  output_video: 'Video tokens out',
  requests: 'Requests',
  audio_seconds: 'Seconds of audio',
  characters: 'Characters spoken',
  images: 'Pictures',
  pages: 'Pages read',
  annotated_pages: 'Pages annotated',
  messages: 'Text messages',
  rerank_searches: 'Rerank searches',
  web_searches: 'Web searches',
  file_searches: 'File searches',
  citations: 'Tokens of sources',
};

/** How an attempt at a provider failed. */
export const FAILURE: Record<Schemas['FailureClass'], string> = {
  rejected: 'request rejected',
  not_found: 'not found',
  context_too_long: 'prompt too long',
  content_filtered: 'filtered',
  auth: 'credential refused',
  unfunded: 'out of funds',
  spend_limit: 'spending limit reached',
  quota_used: 'quota used up',
  too_dear: 'costs more than is left',
  rate_limited: 'rate limited',
  overloaded: 'overloaded',
  server_error: 'error of its own',
  unreachable: 'unreachable',
  timeout: 'too slow',
  bad_response: 'answer not understood',
};

/** How well the quantities are known. */
export const QUALITY: Record<Schemas['UsageQuality'], string> = {
  none: 'Nothing was consumed.',
  exact: 'Quantities as the provider reported them.',
  estimated: 'Quantities counted by Tollgate, since the provider’s count did not arrive.',
};

/** Who can do something about a refusal. */
export const WHO: Record<Schemas['Who'], string> = {
  payer: 'whoever pays for this call',
  key_owner: 'whoever owns the key or writes the program',
  operator: 'whoever runs the gateway',
  provider: 'the provider',
  nobody: 'nobody has to; it passes by itself',
};
