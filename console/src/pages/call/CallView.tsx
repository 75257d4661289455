import { Lines } from '@/parts/Loading';
import { Bill } from './Bill';
import { ChoicePanel } from './ChoicePanel';
import classes from './call.module.css';
import { MissingCall } from './MissingCall';
import { Origin } from './Origin';
import { RefusalCard } from './RefusalCard';
import { RawRecord, RequestFacts } from './RequestFacts';
import { useCall } from './useCall';
import { Waterfall } from './Waterfall';

/** A call explained: why it was refused, what happened when, what it cost, what was asked. `page` on its own page. */
export function CallView({ id, page }: { id: string; page?: boolean }) {
  const { told, error, retry } = useCall(id);
  if (error && !told) return <MissingCall error={error} retry={retry} />;
  if (!told) return <Lines count={8} />;
  return (
    <div className={page ? classes.page : classes.stack}>
      <div className={classes.stack}>
        <Origin record={told.record} />
        <RefusalCard {...told} />
        <Waterfall {...told} />
        <ChoicePanel record={told.record} />
      </div>
      <div className={classes.stack}>
        <Bill {...told} printable={page} />
        <RequestFacts {...told} />
      </div>
      <RawRecord {...told} />
    </div>
  );
}
