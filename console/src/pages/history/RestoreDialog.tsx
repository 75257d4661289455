import { Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { useChangeParams } from '@/search';
import { DiffView } from './DiffView';
import { diffSpecs } from './diff';
import { LIST_KEY, type Revision } from './queries';
import type { WayBack } from './wayBack';

/** Shows what restoring would change, from what is there now, and does it. */
export function RestoreDialog(props: {
  opened: boolean;
  onClose: () => void;
  now: Revision | undefined;
  of: Revision;
  way: WayBack;
}) {
  const { now, way } = props;
  const { kind, name } = props.of;
  const queries = useQueryClient();
  const change = useChangeParams();
  const restore = async () => {
    const path = { revision: way.revision };
    const applied = await take(api.POST('/api/v1/history/{revision}/restore', { params: { path } }));
    const said = `It is as it was after revision ${way.revision}. This is revision ${applied.revision}.`;
    const doubts = applied.warnings.map((warning) => `${warning}.`).join(' ');
    notifications.show({
      color: doubts ? 'yellow' : undefined,
      title: `${kind} ${name} is restored`,
      message: `${said} ${doubts}`,
    });
    for (const queryKey of [LIST_KEY, ['config'], ['money']]) void queries.invalidateQueries({ queryKey });
    change({ revision: String(applied.revision) });
  };
  return (
    <ConfirmDialog
      opened={props.opened}
      onClose={props.onClose}
      title={`${way.verb}: ${kind} ${name}?`}
      wide
      danger={false}
      verb={way.verb}
      onConfirm={restore}
      hits={
        <Stack gap="sm">
          <div>
            {now?.after === undefined
              ? `It is made again as it was after revision ${way.revision}.`
              : `What is there now becomes what was there after revision ${way.revision}, at once.`}{' '}
            That is a revision of its own, which can be undone like any other.
            {revives(props) && ' The key was revoked since then; it will work again.'}
          </div>
          <DiffView label="From what is there now" lines={diffSpecs(now?.after, way.spec)} />
        </Stack>
      }
    />
  );
}

/** Whether a key that does not work now would work again. */
function revives({ of, now, way }: { of: Revision; now: Revision | undefined; way: WayBack }): boolean {
  return of.kind === 'Key' && isRevoked(now?.after) && !isRevoked(way.spec);
}

function isRevoked(spec: unknown): boolean {
  return typeof spec === 'object' && spec !== null && 'revoked' in spec && spec.revoked === true;
}
