import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import type { CredentialSpec } from './connected';
import {
  accessInWords,
  credentialFields,
  credentialSpec,
  formsOf,
  lacking,
  newCredential,
  pastedOf,
  type Source,
} from './credentials';

const none = new Map<string, string>();
const again = (spec: CredentialSpec) => credentialSpec(credentialFields(spec, 1), none);
const known = (id: string, dialect: Schemas['Dialect']) =>
  ({
    id,
    dialect,
    env: [],
    keyless: false,
    credential: 'key',
    models: 0,
    title: id,
  }) as Schemas['CatalogProvider'];

const PAIR = { access_key_id: { env: 'A' }, secret_access_key: { env: 'S' } };

describe('a credential in its form', () => {
  it('comes out as it went in, of every kind', () => {
    const specs: CredentialSpec[] = [
      { name: 'main', key: { env: 'KEY' }, weight: 3, limits: { requests_per_minute: 60, concurrent: 4 } },
      { name: 'robot', service_account: { file: '/run/robot.json' }, disabled: true },
      { name: 'app', entra: { tenant: 't', client_id: 'c', client_secret: { secret: 's' }, scope: 'x' } },
      { name: 'pair', aws: PAIR },
      { name: 'short', aws: { ...PAIR, session_token: { env: 'T' } } },
      { name: 'vm', metadata: { identity: 'robot@example' } },
      { name: 'bare', metadata: {} },
    ];
    for (const spec of specs) expect(again(spec), spec.name).toEqual(spec);
  });

  it('stays as it is where its secrets come from different places', () => {
    const aws = { access_key_id: { env: 'A' }, secret_access_key: { secret: 's' } };
    const fields = credentialFields({ name: 'pair', aws }, 1);
    expect(lacking(fields)).toBeUndefined();
    expect(credentialSpec({ ...fields, name: 'other', weight: 2 }, none)).toEqual({
      name: 'other',
      aws,
      weight: 2,
    });
  });

  it('is sealed part by part when it is pasted, and never in the spec itself', () => {
    const texts = { access_key_id: 'AKIA1', secret_access_key: 'very secret' };
    const fields = { ...newCredential(7, 'pair', 'aws', 'paste'), texts };
    expect(pastedOf(fields)).toEqual([
      { place: '7/access_key_id', end: 'access-key-id', value: 'AKIA1' },
      { place: '7/secret_access_key', end: 'secret-access-key', value: 'very secret' },
    ]);
    const stored = new Map(pastedOf(fields).map(({ place, end }) => [place, `bedrock-${end}`]));
    expect(credentialSpec(fields, stored)).toEqual({
      name: 'pair',
      aws: {
        access_key_id: { secret: 'bedrock-access-key-id' },
        secret_access_key: { secret: 'bedrock-secret-access-key' },
      },
    });
  });

  it('says what it lacks, and asks for no session token', () => {
    const of = (source: Source, texts: object, plain = {}) => {
      const form = 'client_id' in plain ? 'entra' : 'aws';
      return lacking({ ...newCredential(1, 'x', form, source), texts, plain });
    };
    expect(of('paste', { access_key_id: 'a' })).toBe('Paste the secrets.');
    expect(of('env', { access_key_id: 'a', secret_access_key: 'b' })).toBeUndefined();
    expect(of('env', { client_secret: 'S' }, { client_id: 'c' })).toBe('Say tenant and client.');
    expect(lacking(newCredential(1, 'x', 'metadata', 'paste'))).toBeUndefined();
  });

  it('can be what its cloud takes', () => {
    expect(formsOf({}, known('openai', 'openai-chat'))).toEqual(['key']);
    expect(formsOf({}, known('azure-openai', 'openai-chat'))).toEqual(['key', 'entra', 'metadata']);
    expect(formsOf({}, known('vertex', 'gemini'))).toEqual(['service_account', 'metadata']);
    expect(formsOf({}, known('bedrock', 'bedrock-converse'))).toEqual(['key', 'aws']);
    expect(formsOf({ dialect: 'openai-chat', platform: { azure: {} } }, undefined)).toContain('entra');
  });

  it('is told in words without a secret', () => {
    expect(accessInWords({ name: 'a', key: { env: 'KEY' } })).toBe('from the variable KEY');
    expect(accessInWords({ name: 'a', aws: PAIR })).toBe('AWS key pair, from the variable S');
    expect(accessInWords({ name: 'a', metadata: {} })).toBe('the machine’s own identity');
  });
});
