/** Questions about people and invitations, and what changes them. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import type { Role } from '@/parts/roles';

export type Person = Schemas['Person'];
export type Invitation = Schemas['Invitation'];
export type Invited = Schemas['Invited'];

const PEOPLE = ['node', 'people'] as const;
const INVITATIONS = ['node', 'invitations'] as const;

/** The people who may come in; asked for by those who may know. */
export function usePeople(may: boolean) {
  return useQuery({ queryKey: PEOPLE, queryFn: () => take(api.GET('/api/v1/people')), enabled: may });
}

/** The links that are open. */
export function useInvitations(may: boolean) {
  return useQuery({
    queryKey: INVITATIONS,
    queryFn: () => take(api.GET('/api/v1/invitations')),
    enabled: may,
  });
}

/** Loads people and invitations anew, after a change. */
export function useReload(): () => void {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: PEOPLE });
    void queries.invalidateQueries({ queryKey: INVITATIONS });
  };
}

export function invite(role: Role, expires_in: string): Promise<Invited> {
  return take(api.POST('/api/v1/invitations', { body: { role, expires_in } }));
}

export function makeReset(name: string): Promise<Invited> {
  return take(api.POST('/api/v1/people/{name}/reset', { params: { path: { name } } }));
}

export function setRole(name: string, role: Role): Promise<Person> {
  return take(api.PUT('/api/v1/people/{name}/role', { params: { path: { name } }, body: { role } }));
}

export function sendAway(name: string): Promise<unknown> {
  return take(api.DELETE('/api/v1/people/{name}', { params: { path: { name } } }));
}

export function revoke(id: string): Promise<unknown> {
  return take(api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }));
}
