import { Tag, type Tone } from '@/parts/Tag';
import { adviceFor } from './advice';
import { type Condition, type Credential, conditionOf, type Row } from './rows';

/** How a provider is as a whole, in a few words that claim no more than is known. */
export function ConditionTag({ row }: { row: Row }) {
  const { credentials } = row;
  const failing = credentials.find(
    ({ state }) => state === 'cooling' || state === 'failing' || state === 'unread',
  );
  const why = failing ? adviceFor(failing.health?.class).word : 'switched off';
  const used = credentials.filter(({ state }) => state === 'used').length;
  const words: Record<Condition, [Tone, string]> = {
    answering: ['ok', 'answering'],
    silent: ['neutral', 'no answer in 24 h'],
    used: ['neutral', 'in use'],
    weakened: ['warn', `${credentials.length - used} of ${credentials.length}: ${why}`],
    down: ['bad', why],
    unusable: ['bad', why],
    unknown: ['neutral', 'not known yet'],
  };
  const [tone, text] = words[conditionOf(row)];
  return (
    <Tag tone={tone} quiet>
      {text}
    </Tag>
  );
}

/** How one credential is. */
export function CredentialTag({ credential }: { credential: Credential }) {
  const { state, health, reserve } = credential;
  const words: Record<Credential['state'], [Tone, string]> = {
    used: ['neutral', reserve ? 'in reserve' : 'in use'],
    cooling: ['bad', adviceFor(health?.class).word],
    failing: ['warn', adviceFor(health?.class).word],
    disabled: ['neutral', 'switched off'],
    unread: ['bad', adviceFor(undefined).word],
    unknown: ['neutral', 'not known yet'],
  };
  const [tone, text] = words[state];
  return <Tag tone={tone}>{text}</Tag>;
}
