import type { Schemas } from '@/api/client';
import { compare } from '@/money';
import { Tag } from '@/parts/Tag';

/** How a team pays, and whether it can. */
export function BillingTag({ wallet }: { wallet: Schemas['Wallet'] }) {
  if (wallet.billing === 'internal') return <Tag>internal</Tag>;
  return compare(wallet.available, '0') > 0 ? (
    <Tag tone="ok">prepaid</Tag>
  ) : (
    <Tag tone="bad">prepaid, empty</Tag>
  );
}
