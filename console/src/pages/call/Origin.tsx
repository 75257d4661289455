import { IconCopy, IconDatabase, IconScissors } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { counted } from '@/format';
import classes from './call.module.css';
import type { Told } from './useCall';

/** What is unusual about a call: it is a shadow, it was answered out of the cache, or parts of it did not go along. */
export function Origin({ record }: Pick<Told, 'record'>) {
  const { shadow_of: original, recalled, dropped = [] } = record;
  return (
    <>
      {original && (
        <Note icon={<IconCopy size={17} />} title="A shadow">
          A copy of the request of <CallLink id={original} />, to see how this target does. No caller asked
          for it and its answer was dropped; what it cost is the operator’s and draws on nobody’s money.
        </Note>
      )}
      {recalled && (
        <Note icon={<IconDatabase size={17} />} title="Out of the cache">
          The answer of <CallLink id={recalled} /> was given again, and no provider was asked. What a hit
          costs stands in the model’s cache settings.
        </Note>
      )}
      {dropped.length > 0 && (
        <Note
          icon={<IconScissors size={17} />}
          title={`${counted(dropped.length, 'member')} of the request left out`}
        >
          The target’s dialect has no word for <code>{dropped.join(', ')}</code>. The caller was told in{' '}
          <code>x-tollgate-dropped</code>; with <code>x-tollgate-strict: true</code> such a call is refused
          instead.
        </Note>
      )}
    </>
  );
}

function Note({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className={classes.origin} aria-label={title}>
      {icon}
      <p>
        <b>{title}.</b> {children}
      </p>
    </section>
  );
}

function CallLink({ id }: { id: string }) {
  return (
    <Link to="/calls/$id" params={{ id }}>
      {id}
    </Link>
  );
}
