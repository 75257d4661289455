import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { useCan } from '@/api/session';
import { counted } from '@/format';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { When } from '@/parts/When';
import { useChangeParams } from '@/search';
import classes from './models.module.css';
import { useCatalogSource } from './queries';

/** Where models and prices come from, since when, and how newer ones come or the built-in ones come back. */
export function Source() {
  const { data } = useCatalogSource();
  const change = useChangeParams();
  const mayChange = useCan('configuration:change');
  const [resetting, setResetting] = useState(false);
  if (!data) return null;
  const { builtin, update } = data;
  return (
    <section className={classes.sourceBar} aria-label="Where prices come from">
      <p>{update ? <Brought update={update} /> : <>Prices as built in: {builtin}.</>}</p>
      {mayChange && (
        <span className={classes.sourceDeeds}>
          <Button variant="default" size="xs" onClick={() => change({ update: 'file', open: undefined })}>
            Update prices
          </Button>
          {update && (
            <Button variant="subtle" color="gray" size="xs" onClick={() => setResetting(true)}>
              Back to built in
            </Button>
          )}
        </span>
      )}
      {update && (
        <Reset
          opened={resetting}
          onClose={() => setResetting(false)}
          hits={`Models and prices are again those of ${builtin}. Calls that were made keep what they cost, and the history brings this update back.`}
        />
      )}
    </section>
  );
}

function Brought({ update }: { update: Schemas['CatalogUpdate'] }) {
  const { source, origin, actor, at, revision, models } = update;
  return (
    <>
      Prices: {source} ({counted(models, 'model')}). Brought by {actor} <When at={at} /> from{' '}
      <code>{origin || 'a text'}</code>,{' '}
      <Link to="/history" search={{ open: String(revision) }}>
        revision {revision}
      </Link>
      .
    </>
  );
}

function Reset(props: { opened: boolean; onClose: () => void; hits: string }) {
  const queries = useQueryClient();
  return (
    <ConfirmDialog
      {...props}
      title="Go back to the built-in prices?"
      verb="Go back"
      onConfirm={async () => {
        await take(api.DELETE('/api/v1/catalog/update'));
        await queries.invalidateQueries({ queryKey: ['config'] });
      }}
    />
  );
}
