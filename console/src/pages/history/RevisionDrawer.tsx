import { Button } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan } from '@/api/session';
import { CodeBlock } from '@/parts/CodeBlock';
import { ErrorState } from '@/parts/ErrorState';
import { command, curl } from '@/parts/equivalents';
import { Facts } from '@/parts/Facts';
import { LinkButton } from '@/parts/LinkButton';
import { Lines } from '@/parts/Loading';
import { makerWords } from '@/parts/links';
import { SideDrawer } from '@/parts/SideDrawer';
import { Tag } from '@/parts/Tag';
import { When } from '@/parts/When';
import { useChangeParams, useParam } from '@/search';
import { DiffView } from './DiffView';
import { diffSpecs } from './diff';
import classes from './history.module.css';
import { type Revision, useAround, useRevision } from './queries';
import { RestoreDialog } from './RestoreDialog';
import { type WayBack, wayBack } from './wayBack';
import { ActionTag, pageOf } from './words';

/** The revision that the address names, at the side of the list. */
export function RevisionDrawer({ listed }: { listed: Revision[] | undefined }) {
  const [open] = useParam('revision');
  const change = useChangeParams();
  // While the drawer slides away it still shows what it showed.
  const [last, setLast] = useState(open);
  if (open !== undefined && open !== last) setLast(open);
  const wanted = last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) : undefined;
  const { data: found, error, refetch } = useRevision(wanted, listed);
  return (
    <SideDrawer
      opened={open !== undefined}
      onClose={() => change({ revision: undefined })}
      title={found ? <Title {...found} /> : 'Revision'}
      wide
    >
      {found && <Whole key={found.revision} revision={found} />}
      {error && <ErrorState error={error} retry={() => void refetch()} />}
      {(found === null || wanted === undefined) && (
        <p className={classes.none}>There is no revision {last}.</p>
      )}
      {found === undefined && wanted !== undefined && !error && <Lines count={8} />}
    </SideDrawer>
  );
}

function Title({ kind, name }: Revision) {
  return (
    <>
      <span className={classes.kind}>{kind}</span> {name}
    </>
  );
}

function Whole({ revision: opened }: { revision: Revision }) {
  const { revision, at, actor, action, kind, name, before, after } = opened;
  const { around, error } = useAround(opened);
  const may = useCan('configuration:change');
  const way = may && around ? wayBack(opened, around) : undefined;
  const page = around?.now?.after === undefined ? undefined : pageOf(opened);
  return (
    <>
      <Facts
        facts={[
          ['Revision', <span key="revision">{revision}</span>],
          ['Change', <State key="action" opened={opened} now={around?.now} />],
          ['Made by', makerWords(actor)],
          ['Time', <When key="at" at={at} absolute />],
        ]}
      />
      <div className={classes.actions}>
        {way && <Restore opened={opened} now={around?.now} way={way} />}
        {page && (
          <LinkButton {...page.link} variant="default" size="xs">
            {page.label}
          </LinkButton>
        )}
        <LinkButton to="/history" search={{ kind, name }} variant="default" size="xs">
          All its revisions
        </LinkButton>
      </div>
      {error && <ErrorState error={error} compact />}
      <section>
        <h2 className={classes.heading}>{action === 'updated' ? 'What changed' : `What was ${action}`}</h2>
        <DiffView label={`What revision ${revision} changed`} lines={diffSpecs(before, after)} />
      </section>
      {way && (
        <details className={classes.details}>
          <summary>{way.verb} by command or API</summary>
          <CodeBlock
            snippets={[
              command('restore', String(way.revision)),
              curl('POST', `/history/${way.revision}/restore`),
            ]}
          />
        </details>
      )}
    </>
  );
}

function State({ opened, now }: { opened: Revision; now: Revision | undefined }) {
  return (
    <span className={classes.state}>
      <ActionTag action={opened.action} />
      {now && now.revision === opened.revision && now.after !== undefined && <Tag>as it is now</Tag>}
      {now && now.after === undefined && opened.after !== undefined && <Tag tone="bad">deleted since</Tag>}
    </span>
  );
}

function Restore({ opened, now, way }: { opened: Revision; now: Revision | undefined; way: WayBack }) {
  const [asked, ask] = useState(false);
  return (
    <>
      <Button size="xs" leftSection={<IconArrowBackUp size={14} />} onClick={() => ask(true)}>
        {way.verb}
      </Button>
      <RestoreDialog opened={asked} onClose={() => ask(false)} now={now} of={opened} way={way} />
    </>
  );
}
