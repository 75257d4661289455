import { Link } from '@tanstack/react-router';
import { useCan } from '@/api/session';
import { span } from '@/format';
import { Tag } from '@/parts/Tag';
import type { Refused } from './conversation';
import classes from './playground.module.css';

/** Why a call got no answer, or not all of it: what happened, what to do, and where the whole story is. */
export function RefusalNote({ refused, call }: { refused: Refused; call: string | undefined }) {
  const mayRead = useCan('calls:read');
  const { status, title, detail, fix, after, reason } = refused;
  return (
    <div className={classes.refusal} role="alert" data-bad={status === 0 || status >= 500 || undefined}>
      <div className={classes.refusalHead}>
        <strong>{title}</strong>
        {(status > 0 || reason) && (
          <Tag tone={status === 0 || status >= 500 ? 'bad' : 'warn'} quiet>
            {[status || undefined, reason].filter(Boolean).join(' ')}
          </Tag>
        )}
      </div>
      <p>{detail}</p>
      {(fix || after) && (
        <p>
          {fix !== detail && fix} {after ? `Another try may pass in ${span(after)}.` : ''}
        </p>
      )}
      {call && mayRead && (
        <Link to="/calls/$id" params={{ id: call }} target="_blank">
          Why? The whole story of the call
        </Link>
      )}
    </div>
  );
}
