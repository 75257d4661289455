/** The roles that people have, in words. */
import type { Schemas } from '@/api/client';

/** What a person may do, from most to least. */
export type Role = Schemas['Role'];

/** Every role, with what it may do in one sentence. */
export const ROLES: { role: Role; may: string }[] = [
  { role: 'owner', may: 'May do everything, and says who else may come in.' },
  { role: 'admin', may: 'May do everything but decide who else may come in.' },
  { role: 'viewer', may: 'May look and change nothing.' },
];

/** What a role may do, in one sentence. */
export function mayOf(role: Role): string {
  return ROLES.find((row) => row.role === role)?.may ?? '';
}
