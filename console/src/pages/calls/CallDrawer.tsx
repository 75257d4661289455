import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { SideDrawer } from '@/parts/SideDrawer';
import { CallHead } from '../call/CallHead';
import { CallView } from '../call/CallView';
import { useCall } from '../call/useCall';
import classes from './calls.module.css';

/** A call beside the list. */
export function CallDrawer({ id, close }: { id: string | undefined; close: () => void }) {
  // While the drawer slides away it still shows what it showed.
  const [last, setLast] = useState(id);
  if (id !== undefined && id !== last) setLast(id);
  return (
    <SideDrawer
      opened={id !== undefined}
      onClose={close}
      title={last && <Title id={last} />}
      wide
      link={
        last && (
          <Link to="/calls/$id" params={{ id: last }} className={classes.full}>
            Open the full page
          </Link>
        )
      }
    >
      {last && (
        <>
          <CallHead id={last} />
          <CallView id={last} />
        </>
      )}
    </SideDrawer>
  );
}

function Title({ id }: { id: string }) {
  const model = useCall(id).told?.record.model;
  return model ? `Call to ${model}` : 'Call';
}
