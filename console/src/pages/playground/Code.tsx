import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '@/api/client';
import { CodeBlock } from '@/parts/CodeBlock';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import classes from './playground.module.css';
import { asked, snippetsOf } from './snippets';
import type { Playground } from './usePlayground';

/** The call that would be made now, or was made last, as code for a program. */
export function Code({ playground }: { playground: Playground }) {
  const { request, application, dialect } = playground;
  const status = useQuery({ queryKey: ['node', 'status'], queryFn: () => take(api.GET('/api/v1/status')) });
  const shown = { ...request, messages: asked(request.messages) };
  return (
    <section className={classes.code} aria-label="As code">
      <p className={classes.note}>
        The same call from a program. Put a key of <code>{application}</code> into the variable{' '}
        <code>TOLLGATE_KEY</code>;{' '}
        <Link to="/applications" search={{ open: application }}>
          its page
        </Link>{' '}
        makes one.
      </p>
      {status.data && (
        <CodeBlock key={dialect} snippets={snippetsOf(status.data.gateway ?? ELSEWHERE, shown, dialect)} />
      )}
      {status.error && <ErrorState error={status.error} retry={() => void status.refetch()} />}
      {status.isPending && <Lines count={8} />}
      {status.data && !status.data.gateway && (
        <p className={classes.note}>
          This node runs no gateway; put the address of one that does in its place.
        </p>
      )}
    </section>
  );
}

/** Stands for a gateway whose address this node does not know. */
const ELSEWHERE = 'http://GATEWAY:8402';
