import { afterEach, describe, expect, it, vi } from 'vitest';

/** A client whose requests get this answer; `seen` holds what was sent. */
async function clientWith(answer: () => Promise<Response>) {
  const seen: Request[] = [];
  vi.stubGlobal('fetch', (request: Request) => {
    seen.push(request);
    return answer();
  });
  vi.resetModules();
  return { ...(await import('./client')), seen };
}

const json = (status: number, body: unknown) => async () =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

afterEach(() => vi.unstubAllGlobals());

describe('the client', () => {
  it('sends the token of the session with what changes something, and only then', async () => {
    const { api, setCsrf, seen } = await clientWith(json(200, {}));
    setCsrf('t0ken');
    await api.GET('/api/v1/status');
    await api.POST('/api/v1/keys/{name}/revoke', { params: { path: { name: 'web-1' } } });
    expect(seen.map((request) => request.headers.get('x-csrf-token'))).toEqual([null, 't0ken']);
    expect(new URL(seen[1]?.url ?? '').origin).toBe(window.location.origin);
  });

  it('throws a problem with its faults', async () => {
    const problem = {
      type: '/problems/invalid',
      title: 'Not valid',
      status: 422,
      code: 'invalid',
      detail: 'One thing is wrong.',
      errors: [{ pointer: '#/spec/limit', detail: 'No amount.' }],
    };
    const { api, take } = await clientWith(json(422, problem));
    await expect(take(api.GET('/api/v1/status'))).rejects.toMatchObject({
      name: 'ProblemError',
      status: 422,
      code: 'invalid',
      errors: problem.errors,
    });
  });

  it('says so where an answer is no problem of the API', async () => {
    const { api } = await clientWith(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await expect(api.GET('/api/v1/status')).rejects.toMatchObject({ status: 502, code: 'unexpected_answer' });
  });

  it('says so where nobody answers', async () => {
    const { api } = await clientWith(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(api.GET('/api/v1/status')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  });
});
