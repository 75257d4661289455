import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useResources } from '@/api/queries';
import { useCan } from '@/api/session';
import { count, counted } from '@/format';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { Facts } from '@/parts/Facts';
import { LinkButton } from '@/parts/LinkButton';
import { Lines } from '@/parts/Loading';
import { Money } from '@/parts/Money';
import { SideDrawer } from '@/parts/SideDrawer';
import { useChangeParams } from '@/search';
import { CredentialItem } from './CredentialItem';
import { modelsAt } from './connected';
import { DeleteProvider } from './DeleteProvider';
import { ModelLinks } from './ModelLinks';
import { ProbeNote } from './ProbeNote';
import classes from './providers.module.css';
import { useTest } from './queries';
import { answeredOf, type Row } from './rows';

/** A provider at the side of the list: what it is, its credentials, and a test of them. */
export function ProviderDrawer({ name, rows }: { name: string | undefined; rows: Row[] | undefined }) {
  const change = useChangeParams();
  const row = rows?.find((each) => each.name === name);
  return (
    <SideDrawer opened={name !== undefined} onClose={() => change({ open: undefined })} title={name}>
      {!rows && <Lines count={6} />}
      {row && <Details key={row.name} row={row} />}
      {rows && !row && (
        <EmptyState title={`No provider is called ${name}`}>It may have been deleted or renamed.</EmptyState>
      )}
    </SideDrawer>
  );
}

function Details({ row }: { row: Row }) {
  const { name, known, usage, dialect, address, credentials } = row;
  const mayRead = useCan('calls:read');
  const test = useTest(name);
  const models = useResources('Model');
  const targeting = modelsAt(name, models.data?.items ?? []);
  const probes = test.data?.items;
  return (
    <>
      <Deeds row={row} test={() => test.mutate()} testing={test.isPending} targeting={targeting} />
      {test.error && <ErrorState error={test.error} compact />}
      <section className={classes.part} aria-label="Credentials">
        <h3 className={classes.heading}>Credentials</h3>
        {credentials.length === 0 && <p className={classes.note}>It has none, so it cannot be called.</p>}
        <ul className={classes.credentials}>
          {credentials.map((credential) => (
            <CredentialItem
              key={credential.name ?? ''}
              credential={credential}
              probe={probes?.find((probe) => (probe.credential ?? undefined) === credential.name)}
            />
          ))}
        </ul>
        {probes
          ?.filter(
            (probe) => !credentials.some(({ name: known }) => known === (probe.credential ?? undefined)),
          )
          .map((probe) => (
            <ProbeNote key={probe.credential ?? ''} probe={probe} named />
          ))}
      </section>
      <section className={classes.part} aria-label="What it is">
        <h3 className={classes.heading}>What it is</h3>
        <Facts
          facts={[
            ['Provider', row.title === name ? undefined : row.title],
            ['Dialect', dialect],
            ['Address', <code key="address">{address ?? 'in this process'}</code>],
            [
              'Catalogue',
              known && known.models > 0 ? (
                <Link key="catalogue" to="/models" search={{ tab: 'catalogue', provider: known.id }}>
                  {counted(known.models, 'known model')}
                </Link>
              ) : undefined,
            ],
            ['Targeted by', targeting.length > 0 ? <ModelLinks key="models" names={targeting} /> : undefined],
          ]}
        />
      </section>
      {mayRead && (
        <section className={classes.part} aria-label="Last 24 hours">
          <h3 className={classes.heading}>Last 24 hours</h3>
          {!usage && <Lines />}
          {usage && (
            <Facts
              facts={[
                [
                  'Calls',
                  <Link key="calls" to="/calls" search={{ provider: name }}>
                    {count(usage.calls)}
                  </Link>,
                ],
                ['Answered', count(answeredOf(usage))],
                ['Failed', count(usage.errors)],
                ['Refused', count(usage.refused)],
                ['Cost', <Money key="cost" amount={usage.cost} />],
              ]}
            />
          )}
          <p className={classes.note}>
            A call counts where it was tried last: what failed here and was answered elsewhere counts there.
          </p>
        </section>
      )}
    </>
  );
}

function Deeds(props: { row: Row; test: () => void; testing: boolean; targeting: string[] }) {
  const { row, targeting } = props;
  const mayChange = useCan('configuration:change');
  const mayRead = useCan('calls:read');
  const change = useChangeParams();
  const [deleting, setDeleting] = useState(false);
  return (
    <Group gap="xs">
      {mayChange && (
        <Button onClick={props.test} loading={props.testing}>
          Test
        </Button>
      )}
      {mayRead && (
        <LinkButton to="/calls" search={{ provider: row.name }} variant="default">
          Its calls
        </LinkButton>
      )}
      {mayChange && row.stored && (
        <>
          <Button variant="default" onClick={() => change({ edit: row.name, open: undefined })}>
            Edit
          </Button>
          <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
            Delete
          </Button>
          {deleting && (
            <DeleteProvider
              provider={row.stored}
              calls={row.usage?.calls ?? 0}
              targeting={targeting}
              onClose={() => setDeleting(false)}
            />
          )}
        </>
      )}
    </Group>
  );
}
