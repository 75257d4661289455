import { useCan } from '@/api/session';
import { useParams } from '@/search';
import { Choose } from './Choose';
import { Connect } from './Connect';
import { Edit } from './Edit';
import { List } from './List';

export default function Page() {
  const { open, connect, edit } = useParams();
  const mayChange = useCan('configuration:change');
  if (mayChange && edit) return <Edit key={edit} name={edit} />;
  if (mayChange && connect) return <Connect key={connect} id={connect} />;
  if (mayChange && open === 'new') return <Choose />;
  return <List />;
}
