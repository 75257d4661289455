import { useParams } from '@/search';
import { ApplicationPage } from './ApplicationPage';
import { List } from './List';
import { useKeyPlace } from './useKeyPlace';

export default function Page() {
  const { open, key } = useParams();
  const place = useKeyPlace(open, key);
  if (place === undefined) return <List />;
  return <ApplicationPage key={place.application} name={place.application} openedKey={place.key} />;
}
