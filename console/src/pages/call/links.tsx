/** Where what a call tells of is to be found in the console. */
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Schemas } from '@/api/client';

type Rule = Schemas['RuleRef'];

/** The page of a resource; the history of those that have no page of their own. */
export function resourceLink(kind: Schemas['Kind'], name: string): LinkProps {
  const search = { open: name };
  switch (kind) {
    case 'Budget':
      return { to: '/budgets', search };
    case 'Model':
      return { to: '/models', search };
    case 'Provider':
      return { to: '/providers', search };
    case 'Application':
      return { to: '/applications', search };
    default:
      return { to: '/history', search: { kind, name } };
  }
}

/** The page of an account of the ledger: a wallet or a budget. */
export function accountLink(id: string): LinkProps {
  const [kind, rest = ''] = id.split(/\/(.*)/s);
  if (kind === 'wallet') return { to: '/wallets', search: { open: rest } };
  if (kind === 'budget') return { to: '/budgets', search: { open: rest.replace(/@\d+$/, '') } };
  return { to: '/ledger', search: { account: id } };
}

/** The rule that said no, as it was then. */
export function RuleLink({ rule: { kind, name, revision } }: { rule: Rule }) {
  return (
    <>
      <Link {...resourceLink(kind, name)}>
        {kind.toLowerCase()} {name}
      </Link>
      , as of <RevisionLink revision={revision} />
    </>
  );
}

/** A revision of the configuration. */
export function RevisionLink({ revision, children }: { revision: number; children?: ReactNode }) {
  return (
    <Link to="/history" search={{ open: String(revision) }}>
      {children ?? `revision ${revision}`}
    </Link>
  );
}
