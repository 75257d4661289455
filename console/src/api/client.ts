/** The one way to the admin API: typed by the golden description, same origin, with the session's cookie. */
import createClient, { type Middleware } from 'openapi-fetch';
import { problemOf, unreachable } from './problem';
import type { components, paths } from './schema';

/** The types of the API by their names in its description: `Schemas['CallSummary']`. */
export type Schemas = components['schemas'];

let csrf = '';

/** Remembers the token that every change has to carry; it comes with the session. */
export function setCsrf(token: string): void {
  csrf = token;
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (csrf && !['GET', 'HEAD'].includes(request.method)) request.headers.set('x-csrf-token', csrf);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError: () => unreachable(),
};

/** The client: `api.GET('/api/v1/calls', { params: { query: { limit: 50 } } })`. Unwrap with `take`. */
export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(middleware);

/** The body of an answer; a problem is thrown as `ProblemError`. */
export async function take<T>(answer: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await answer;
  return data as T;
}
