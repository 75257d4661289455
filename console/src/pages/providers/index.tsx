import { lazy, Suspense } from 'react';
import { useCan } from '@/api/session';
import { PageSkeleton } from '@/parts/Loading';
import { useParams } from '@/search';
import { List } from './List';

// The list needs no forms: they are loaded when somebody connects or changes a provider.
const Choose = lazy(() => import('./Choose'));
const Connect = lazy(() => import('./Connect'));
const Edit = lazy(() => import('./Edit'));

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Part />
    </Suspense>
  );
}

/** The part of the page that the address names and the role may see. */
function Part() {
  const { open, connect, edit } = useParams();
  const mayChange = useCan('configuration:change');
  if (mayChange && edit) return <Edit key={edit} name={edit} />;
  if (mayChange && connect) return <Connect key={connect} id={connect} />;
  if (mayChange && open === 'new') return <Choose />;
  return <List />;
}
