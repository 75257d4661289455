import { expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { accountLink, resourceLink } from './links';
import { remedyOf } from './remedy';

function refused(refusal: Partial<Schemas['Refusal']>, more: Partial<Schemas['Call']> = {}) {
  const caller = { key: 'web-1', application: 'web', team: 'acme' };
  const whole = { reason: 'budget_exceeded', status: 402, detail: '', ...refusal };
  return remedyOf({ record: { caller, refusal: whole, ...more } as Schemas['Call'] });
}

it('leads to what said no, or to what lacks', () => {
  const rule = { kind: 'Budget' as const, name: 'bot-day', revision: 3 };
  expect(refused({ rule })?.link).toEqual({ to: '/budgets', search: { open: 'bot-day' } });
  expect(refused({ reason: 'balance_exhausted' })?.link).toEqual({
    to: '/wallets',
    search: { open: 'acme' },
  });
  expect(refused({ reason: 'model_not_found' })?.link).toEqual({ to: '/models' });
  expect(refused({ reason: 'upstream_model_unknown' }, { attempts: [] })?.link).toEqual({ to: '/models' });
});

it('leads to the provider that failed last', () => {
  const attempts = [
    { provider: 'spare', model: 'large', began: 0, took: 1 },
    { provider: 'openai', model: 'gpt-5', began: 1, took: 1 },
  ];
  expect(refused({ reason: 'upstream_timeout' }, { attempts })?.link).toEqual({
    to: '/providers',
    search: { open: 'openai' },
  });
});

it('leads nowhere where the request itself has to change', () => {
  expect(refused({ reason: 'request_malformed' })).toBeUndefined();
});

it('knows the accounts of the ledger and the resources', () => {
  expect(accountLink('wallet/acme')).toEqual({ to: '/wallets', search: { open: 'acme' } });
  expect(accountLink('budget/marketing-month@1764547200')).toEqual({
    to: '/budgets',
    search: { open: 'marketing-month' },
  });
  expect(accountLink('revenue')).toEqual({ to: '/ledger', search: { account: 'revenue' } });
  expect(resourceLink('Key', 'web-1')).toEqual({ to: '/history', search: { kind: 'Key', name: 'web-1' } });
});
