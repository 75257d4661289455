import { CopyId } from '@/parts/CopyId';
import { StatusBadge } from '@/parts/StatusBadge';
import classes from './call.module.css';
import { useCall } from './useCall';

/** The head of a call where it has no page of its own. */
export function CallHead({ id }: { id: string }) {
  const { told } = useCall(id);
  return (
    <div className={classes.head}>
      <div className={classes.state}>
        {told && <StatusBadge status={told.record.status} ending={told.record.ending} />}
        <CopyId id={id} />
      </div>
      {told && <p>{told.story.headline}</p>}
    </div>
  );
}
