/** How resources are changed: what somebody else did meanwhile is never overwritten unseen. */
import { api, type Schemas, take } from './client';
import { ProblemError, taken } from './problem';

/** A resource by what tells it apart, and the revision at which it was seen. */
export interface Seen {
  kind: Schemas['Kind'];
  name: string;
  revision: number;
}

/** Makes a resource; refused where there is one of its name. */
export async function createResource(kind: Schemas['Kind'], name: string, spec: unknown) {
  const params = { path: { kind, name }, header: { 'if-none-match': '*' } };
  try {
    return await take(api.PUT('/api/v1/resources/{kind}/{name}', { params, body: { spec } }));
  } catch (error) {
    throw error instanceof ProblemError && error.status === 412 ? taken(kind, name) : error;
  }
}

/** Replaces a resource; refused where somebody else has changed it since it was seen. */
export function replaceResource({ kind, name, revision }: Seen, spec: unknown) {
  const header = { 'if-match': `"${revision}"` };
  return take(
    api.PUT('/api/v1/resources/{kind}/{name}', { params: { path: { kind, name }, header }, body: { spec } }),
  );
}

/** Deletes a resource; refused where others name it, or somebody else has changed it since it was seen. */
export function deleteResource({ kind, name, revision }: Seen) {
  const header = { 'if-match': `"${revision}"` };
  return take(api.DELETE('/api/v1/resources/{kind}/{name}', { params: { path: { kind, name }, header } }));
}
