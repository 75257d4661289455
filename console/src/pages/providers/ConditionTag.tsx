import { Tag, type Tone } from '@/parts/Tag';
import { type Condition, type Credential, conditionOf, type Row } from './rows';

/** How a provider is as a whole, in two or three words. */
export function ConditionTag({ row }: { row: Row }) {
  const condition = conditionOf(row);
  const well = row.credentials.filter(({ state }) => state === 'ok').length;
  const words: Record<Condition, [Tone, string]> = {
    ok: ['ok', well > 1 ? `${well} ok` : 'ok'],
    keyless: ['ok', 'no key needed'],
    weakened: ['warn', `${well} of ${row.credentials.length} ok`],
    down: ['bad', 'cooling down'],
    unusable: ['bad', row.credentials.length > 0 ? 'key cannot be read' : 'no key'],
  };
  const [tone, text] = words[condition];
  return (
    <Tag tone={tone} quiet>
      {text}
    </Tag>
  );
}

/** How one credential is. */
export function CredentialTag({ state }: { state: Credential['state'] }) {
  const words: Record<Credential['state'], [Tone, string]> = {
    ok: ['ok', 'ok'],
    cooling: ['warn', 'cooling down'],
    unread: ['bad', 'cannot be read'],
  };
  const [tone, text] = words[state];
  return <Tag tone={tone}>{text}</Tag>;
}
