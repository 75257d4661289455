import { useQueryClient } from '@tanstack/react-query';
import { api } from '@/api/client';
import { useResources } from '@/api/queries';
import { deleteResource } from '@/api/resources';
import { useCan } from '@/api/session';
import { counted } from '@/format';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { useChangeParams } from '@/search';
import { providersOf, type Stored, secretsOnlyOf } from './connected';
import { ModelLinks } from './ModelLinks';

/** Asks before a provider is deleted, and says what that hits. Its stored keys go with it, if nobody else has them. */
export function DeleteProvider(props: {
  provider: Stored;
  /** How many calls went there in the last 24 hours. */
  calls: number;
  /** The models that target it; as long as there are any, it stays. */
  targeting: string[];
  onClose: () => void;
}) {
  const { provider, calls, targeting } = props;
  const { name } = provider;
  const queries = useQueryClient();
  const change = useChangeParams();
  const resources = useResources('Provider');
  const mayForget = useCan('secrets:manage');
  const keys = mayForget ? secretsOnlyOf(name, providersOf(resources.data?.items ?? [])) : [];

  const remove = async () => {
    await deleteResource({ kind: 'Provider', name, revision: provider.revision });
    // The provider is gone by now; a key that stays behind does no harm and is listed among the secrets.
    await Promise.allSettled(
      keys.map((key) => api.DELETE('/api/v1/secrets/{name}', { params: { path: { name: key } } })),
    );
    await queries.invalidateQueries({ queryKey: ['config'] });
    await queries.invalidateQueries({ queryKey: ['node'] });
    change({ open: undefined });
  };

  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={targeting.length > 0 ? `${name} cannot be deleted yet` : `Delete the provider ${name}?`}
      hits={
        targeting.length > 0 ? (
          <>
            {targeting.length === 1 ? 'A model targets' : `${targeting.length} models target`} it:{' '}
            <ModelLinks names={targeting} />. Take it out of {targeting.length === 1 ? 'that' : 'them'} first.
          </>
        ) : (
          <>
            No model targets it. Callers that ask for <code>{name}/…</code> are answered with 404 from then
            on;{' '}
            {calls > 0
              ? `${counted(calls, 'call')} went there in the last 24 hours.`
              : 'nobody did in the last 24 hours.'}
            {keys.length > 0 && ` The stored key ${keys.join(', ')} is deleted with it.`}
          </>
        )
      }
      verb="Delete the provider"
      name={targeting.length > 0 ? undefined : name}
      blocked={targeting.length > 0}
      onConfirm={remove}
    />
  );
}
