import { useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '@/api/client';
import { deleteResource } from '@/api/resources';
import { useUsage } from '@/api/usage';
import { counted } from '@/format';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { useChangeParams } from '@/search';

interface Props {
  rule: Schemas['RuleRef'];
  opened: boolean;
  onClose: () => void;
}

/** Asks before a model is deleted, and says how many calls asked for it lately. */
export function DeleteModel(props: Props) {
  return props.opened ? <Dialog {...props} /> : null;
}

function Dialog({ rule, onClose }: Props) {
  const { name } = rule;
  const queries = useQueryClient();
  const change = useChangeParams();
  const usage = useUsage({ model: name, since: '7d' });
  const calls = usage.data?.total.calls ?? 0;
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Delete the model ${name}?`}
      hits={
        <>
          Callers that ask for it are answered with 404 from then on.{' '}
          {usage.data &&
            (calls > 0
              ? `${counted(calls, 'call')} asked for it in the last 7 days.`
              : 'Nobody did in the last 7 days.')}
        </>
      }
      verb="Delete the model"
      name={calls > 0 ? name : undefined}
      onConfirm={async () => {
        await deleteResource(rule);
        // First, so that nobody asks what a name means that is gone.
        change({ open: undefined });
        await queries.invalidateQueries({ queryKey: ['config'] });
      }}
    />
  );
}
