import type { Schemas } from '@/api/client';
import { isSame } from './yaml';

type Revision = Schemas['Revision'];

/** What can be restored from an opened revision: the revision to name, and the spec that then is there. */
export interface WayBack {
  /** What the button says. */
  verb: string;
  revision: number;
  spec: unknown;
}

/** What goes with an opened revision: the newest of its resource, and the one before it, where there is one. */
export interface Around {
  now: Revision | undefined;
  previous: Revision | undefined;
}

/**
 * The way back from an opened revision. Restoring sets a resource to what it was after a revision: so what was
 * deleted comes back by the revision before its deletion, and the newest change is undone by the one before it.
 * There is none where it would change nothing, or would delete.
 */
export function wayBack(opened: Revision, { now, previous }: Around): WayBack | undefined {
  const gone = now?.after === undefined;
  const [target, verb] =
    opened.after === undefined
      ? ([previous, gone ? 'Bring back' : 'Restore what was deleted'] as const)
      : opened.revision === now?.revision
        ? ([previous, 'Undo this change'] as const)
        : ([opened, gone ? 'Bring back' : 'Restore this revision'] as const);
  if (target?.after === undefined || isSame(target.after, now?.after)) return undefined;
  return { verb, revision: target.revision, spec: target.after };
}
