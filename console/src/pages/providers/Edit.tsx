import { Link, useNavigate } from '@tanstack/react-router';
import { useResources } from '@/api/queries';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { PageSkeleton } from '@/parts/Loading';
import { PageHeader } from '@/parts/PageHeader';
import { useCatalogProviders } from '../models/queries';
import { catalogIdOf, providersOf } from './connected';
import { fieldsOf } from './form';
import { ProviderForm } from './ProviderForm';

/** Changes a provider that there is. */
export default function Edit({ name }: { name: string }) {
  const known = useCatalogProviders();
  const resources = useResources('Provider');
  const navigate = useNavigate();
  const failed = known.error ?? resources.error;
  if (failed) return <ErrorState error={failed} retry={() => void resources.refetch()} />;
  if (!known.data || !resources.data) return <PageSkeleton />;
  const stored = providersOf(resources.data.items).find((each) => each.name === name);
  return (
    <>
      <PageHeader
        above={<Link to="/providers">Providers</Link>}
        title={`Edit ${name}`}
        lead="A change holds for the next call."
      />
      {stored ? (
        <ProviderForm
          start={fieldsOf(stored)}
          seen={stored}
          known={known.data.items.find(({ id }) => id === catalogIdOf(stored))}
          onDone={() => void navigate({ to: '/providers', search: { open: name } })}
        />
      ) : (
        <EmptyState title={`No provider is called ${name}`}>It may have been deleted or renamed.</EmptyState>
      )}
    </>
  );
}
