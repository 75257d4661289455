import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { counted } from '@/format';
import { ErrorState } from '@/parts/ErrorState';
import { When } from '@/parts/When';
import classes from './ledger.module.css';

/** The check of the whole ledger: starts when it is asked for, and remembers when it was made. */
export function useVerification() {
  return useMutation({
    mutationFn: async () => {
      const report = await take(api.GET('/api/v1/ledger/verify'));
      return { report, at: new Date().toISOString() };
    },
  });
}

/** What the check has found, once it was made. */
export function Verification({ check }: { check: ReturnType<typeof useVerification> }) {
  if (check.error) {
    return (
      <div className={classes.failed}>
        <ErrorState error={check.error} retry={() => check.mutate()} compact />
      </div>
    );
  }
  if (!check.data) return null;
  const { report, at } = check.data;
  const good = report.faults.length === 0;
  const checked = [
    counted(report.transactions, 'transaction'),
    counted(report.accounts, 'account'),
    counted(report.calls, 'settled call'),
  ].join(', ');
  return (
    <section className={classes.result} data-bad={good ? undefined : true} role="status">
      {good ? <IconCircleCheck size={20} /> : <IconAlertTriangle size={20} />}
      <div>
        <strong>{good ? 'The ledger adds up' : `${counted(report.faults.length, 'fault')} found`}</strong>
        <p>
          Checked <When at={at} />: {checked}.
        </p>
        {good ? (
          <p>
            Every transaction sums to zero, every balance follows from its entries, no account is below its
            floor, and what teams have consumed is what their calls cost.
          </p>
        ) : (
          <ul>
            {report.faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        )}
      </div>
      <CloseButton aria-label="Close the result" onClick={check.reset} size="sm" />
    </section>
  );
}
