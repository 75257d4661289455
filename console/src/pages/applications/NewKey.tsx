import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { KeyForm } from './KeyForm';
import { KeyShown } from './KeyShown';

/** Creates a key, and shows it this once. The key lives in this component's state and nowhere else. */
export function NewKey(props: { opened: boolean; onClose: () => void; application?: string }) {
  const [made, setMade] = useState<Schemas['CreatedKey']>();
  const close = () => {
    setMade(undefined);
    props.onClose();
  };
  if (made) return <KeyShown made={made} onClose={close} />;
  return props.opened ? <KeyForm onClose={close} onMade={setMade} application={props.application} /> : null;
}
