/** What the failures of providers mean to whoever runs the gateway, and what to do. */
import type { Schemas } from '@/api/client';

export interface Advice {
  /** For a tag: two or three words. */
  word: string;
  /** What it means, in a sentence without its full stop. */
  title: string;
  todo: string;
}

const ADVICE: Record<Schemas['FailureClass'], Advice> = {
  auth: {
    word: 'key not accepted',
    title: 'The key is not accepted',
    todo: 'Check that it is whole, belongs to this provider, and may list models and make calls.',
  },
  unfunded: {
    word: 'out of money',
    title: 'The account has no money',
    todo: 'Add credit or mend the billing at the provider. The key itself is right.',
  },
  spend_limit: {
    word: 'spending limit reached',
    title: 'The account has reached its own spending limit',
    todo: 'Raise the limit at the provider, or add the key of another account.',
  },
  quota_used: {
    word: 'quota used up',
    title: 'The free quota is used up',
    todo: 'Wait until the provider resets it, or move the account to a paid plan.',
  },
  too_dear: {
    word: 'short of money',
    title: 'The account holds less than a call could cost',
    todo: 'Add credit at the provider.',
  },
  rate_limited: {
    word: 'rate limited',
    title: 'The provider is limiting the rate',
    todo: 'The key works. Wait a moment, or add another credential so that calls are spread.',
  },
  overloaded: {
    word: 'overloaded',
    title: 'The provider has no capacity',
    todo: 'Wait a moment. A second target keeps a model answering meanwhile.',
  },
  server_error: {
    word: 'failing',
    title: 'The provider has an error of its own',
    todo: 'Try again; if it stays, its status page says more.',
  },
  unreachable: {
    word: 'unreachable',
    title: 'No connection to the address',
    todo: 'Check the address, that the host is up, and that this machine may reach it.',
  },
  timeout: {
    word: 'too slow',
    title: 'The provider did not answer in time',
    todo: 'Try again. If it is always slow, give it more time in its timeouts.',
  },
  bad_response: {
    word: 'not understood',
    title: 'The answer is not in the dialect',
    todo: 'Check the dialect, and that the address ends where the dialect’s paths begin, such as in /v1.',
  },
  not_found: {
    word: 'not found',
    title: 'There is no list of models at this address',
    todo: 'Check the address; it usually ends in /v1. Some providers have no such list: then only a call tells.',
  },
  rejected: {
    word: 'refuses calls',
    title: 'The provider finds the request wrong',
    todo: 'Check the dialect and the headers that every request carries.',
  },
  context_too_long: {
    word: 'prompt too long',
    title: 'The prompt is longer than the model takes',
    todo: 'Make the prompt shorter, or choose a model with a larger context.',
  },
  content_filtered: {
    word: 'filtered',
    title: 'The provider filtered the request',
    todo: 'The key works; what was asked is against the provider’s policy.',
  },
};

/** Where a key could not even be read, so that nobody was asked. */
const UNREADABLE: Advice = {
  word: 'key cannot be read',
  title: 'The key cannot be read',
  todo: 'Set the variable before Tollgate starts, let it read the file, or store the key.',
};

/** What a failure means and what to do about it; without a class, the key could not be read. */
export function adviceFor(failure: Schemas['FailureClass'] | null | undefined): Advice {
  return failure ? ADVICE[failure] : UNREADABLE;
}
