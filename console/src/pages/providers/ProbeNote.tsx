import { IconCheck, IconX } from '@tabler/icons-react';
import type { Schemas } from '@/api/client';
import { counted } from '@/format';
import { Duration } from '@/parts/Duration';
import { adviceFor } from './advice';
import classes from './providers.module.css';

/** What came of asking a provider for its models with one credential; `named` tells which one it was. */
export function ProbeNote({ probe, named }: { probe: Schemas['ProbeView']; named?: boolean }) {
  const { ok, models, took, status, note } = probe;
  const advice = adviceFor(probe.class);
  const which = named && probe.credential ? `${probe.credential}: ` : '';
  if (ok) {
    return (
      <div className={classes.probe} role="status" data-ok>
        <IconCheck size={15} aria-hidden="true" />
        <div>
          <p>
            {which}Answered in <Duration micros={took} /> with {counted(models.length, 'model')}.
          </p>
          {note && <p className={classes.quote}>{note}</p>}
        </div>
      </div>
    );
  }
  return (
    <div className={classes.probe} role="alert">
      <IconX size={15} aria-hidden="true" />
      <div>
        <p>
          <strong>
            {which}
            {advice.title}.
          </strong>{' '}
          {advice.todo}
        </p>
        {(note || status) && (
          <p className={classes.quote}>
            {status && `Status ${status}. `}
            {note}
          </p>
        )}
      </div>
    </div>
  );
}
