/** How applications and keys are created, revoked and deleted. */
import { api, type Schemas, take } from '@/api/client';
import { ProblemError, taken } from '@/api/problem';

type Document = Pick<Schemas['Document'], 'kind' | 'name' | 'spec'>;

/** Creates resources, all of them or none; refuses where one of them exists already. */
export async function createAll(documents: Document[]): Promise<void> {
  const plan = await take(api.POST('/api/v1/apply', { body: { documents, dry_run: true } }));
  const known = plan.changes.find(({ action }) => action !== 'created');
  if (known) throw taken(known.kind, known.name);
  await take(api.POST('/api/v1/apply', { body: { documents, dry_run: false } }));
}

/** Makes a key; the answer is the only one that holds it. */
export async function createKey(body: Schemas['KeyBody']) {
  try {
    return await take(api.POST('/api/v1/keys', { body }));
  } catch (error) {
    throw body.name && error instanceof ProblemError && error.status === 409
      ? taken('Key', body.name)
      : error;
  }
}

/** Revokes a key: it stops working, and tells its callers so. */
export function revokeKey(name: string) {
  return take(api.POST('/api/v1/keys/{name}/revoke', { params: { path: { name } } }));
}

/** Deletes resources one after another, in this order. */
export async function deleteAll(resources: { kind: Schemas['Kind']; name: string }[]): Promise<void> {
  for (const path of resources) {
    await take(api.DELETE('/api/v1/resources/{kind}/{name}', { params: { path } }));
  }
}
