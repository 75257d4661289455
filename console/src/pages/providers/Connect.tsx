import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useResources } from '@/api/queries';
import { useCan } from '@/api/session';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { LinkButton } from '@/parts/LinkButton';
import { PageSkeleton } from '@/parts/Loading';
import { PageHeader } from '@/parts/PageHeader';
import { useCatalogProviders } from '../models/queries';
import { Connected, type Outcome } from './Connected';
import { newFields } from './form';
import { ProviderForm } from './ProviderForm';

/** The second step of connecting a provider, its key and a test, and the third, what can be called now. */
export default function Connect({ id }: { id: string }) {
  const known = useCatalogProviders();
  const resources = useResources('Provider');
  const mayPaste = useCan('secrets:manage');
  const [outcome, setOutcome] = useState<Outcome>();
  const entry = known.data?.items.find((each) => each.id === id);
  const custom = id === 'custom';

  if (outcome) return <Connected outcome={outcome} title={entry?.title ?? outcome.name} />;
  const failed = known.error ?? resources.error;
  if (failed) return <ErrorState error={failed} retry={() => void known.refetch()} />;
  if (!known.data || !resources.data) return <PageSkeleton />;
  if (!entry && !custom) {
    return (
      <>
        <PageHeader above={<Link to="/providers">Providers</Link>} title="Connect a provider" />
        <EmptyState
          title={`The catalogue has no provider “${id}”`}
          action={
            <LinkButton to="/providers" search={{ open: 'new' }}>
              Choose another
            </LinkButton>
          }
        />
      </>
    );
  }
  const taken = resources.data.items.map(({ name }) => name);
  return (
    <>
      <PageHeader
        above={<Link to="/providers">Providers</Link>}
        title={entry ? `Connect ${entry.title}` : 'Connect any address'}
        lead={
          entry
            ? `Speaks ${entry.dialect}${entry.base_url ? ` at ${entry.base_url}` : ''}.`
            : 'An upstream that the catalogue does not have: say where it is and which dialect it speaks.'
        }
      />
      <ProviderForm start={newFields(entry, taken, mayPaste)} known={entry} onDone={setOutcome} />
    </>
  );
}
