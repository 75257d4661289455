import { useEffect, useRef } from 'react';
import { api, take } from '@/api/client';
import { type CredentialFields, pastedOf } from './credentials';
import { freeName } from './form';

/** A key that was stored for a form that is not saved yet. */
interface Kept {
  secret: string;
  value: string;
}

/** Keys that were pasted into a form: stored to be tested, and forgotten unless the form is saved. */
export interface PastedKeys {
  /** Stores what is pasted and not stored yet; gives the names of the secrets by their places. */
  store: (provider: string, credentials: CredentialFields[]) => Promise<Map<string, string>>;
  /** Once the provider is saved: its keys stay. */
  keep: () => void;
}

/**
 * Stores pasted keys as sealed secrets, since a provider can only be tested with a key that the gateway can read.
 * They take names that nobody has, so that no key in use is overwritten, and are deleted when the form goes away
 * without having been saved.
 */
export function usePastedKeys(): PastedKeys {
  const stored = useRef(new Map<string, Kept>());

  useEffect(() => {
    const keys = stored.current;
    return () => {
      for (const { secret } of keys.values()) void forget(secret);
      keys.clear();
    };
  }, []);

  const store = async (provider: string, credentials: CredentialFields[]) => {
    const pasted = credentials.flatMap(pastedOf);
    for (const { place, end, value } of pasted) {
      const before = stored.current.get(place);
      if (before?.value === value) continue;
      const secret = before?.secret ?? freeName(`${provider}-${end}`, await taken());
      await take(api.PUT('/api/v1/secrets/{name}', { params: { path: { name: secret } }, body: { value } }));
      stored.current.set(place, { secret, value });
    }
    return new Map(pasted.flatMap(({ place }) => [[place, stored.current.get(place)?.secret ?? '']]));
  };

  return { store, keep: () => stored.current.clear() };
}

/** Deletes a stored key; refused, and rightly so, where a provider has come to use it. */
export async function forget(secret: string): Promise<void> {
  await api.DELETE('/api/v1/secrets/{name}', { params: { path: { name: secret } } }).catch(() => undefined);
}

async function taken(): Promise<string[]> {
  const { items } = await take(api.GET('/api/v1/secrets'));
  return items.map(({ name }) => name);
}
