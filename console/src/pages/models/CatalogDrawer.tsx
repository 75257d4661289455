import { Group } from '@mantine/core';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { count } from '@/format';
import { EmptyState } from '@/parts/EmptyState';
import { Facts } from '@/parts/Facts';
import { LinkButton } from '@/parts/LinkButton';
import { Lines } from '@/parts/Loading';
import { SideDrawer } from '@/parts/SideDrawer';
import { useChangeParams } from '@/search';
import { ABILITIES } from './find';
import classes from './models.module.css';
import { PriceList } from './PriceList';

/** A model of the catalogue: what it costs, how much it takes, and how it is called or connected. */
export function CatalogDrawer(props: {
  /** The name that the address has; undefined for none. */
  name: string | undefined;
  model: Schemas['CatalogModel'] | undefined;
  /** Whether the catalogue is still on its way. */
  pending: boolean;
  titles: Map<string, string>;
  /** The providers that go by each entry of the catalogue. */
  connected: Map<string, string[]>;
}) {
  const change = useChangeParams();
  const { name, model } = props;
  return (
    <SideDrawer
      opened={name !== undefined}
      onClose={() => change({ open: undefined })}
      title={model?.id ?? name}
    >
      {model && <Known {...props} model={model} />}
      {!model && props.pending && <Lines count={6} />}
      {!model && !props.pending && (
        <EmptyState title="The catalogue has no such model">
          Search for a part of its name, or look at the models of its provider.
        </EmptyState>
      )}
    </SideDrawer>
  );
}

const NAMES = new Map<string, string>(ABILITIES.map(({ value, label }) => [value, label]));

/** Words of the catalogue as a list: `text, image`. Undefined where nothing is known. */
function inWords(words: string[] | undefined) {
  return words?.length ? words.map((word) => NAMES.get(word) ?? word).join(', ') : undefined;
}

function Known(props: {
  model: Schemas['CatalogModel'];
  titles: Map<string, string>;
  connected: Map<string, string[]>;
}) {
  const { model, titles, connected } = props;
  const { provider, id, context_window: window, max_output: longest, price } = model;
  const mayChange = useCan('configuration:change');
  const mayTry = useCan('models:try');
  const by = connected.get(provider)?.[0];
  const name = by && `${by}/${id}`;
  return (
    <>
      <Facts
        facts={[
          ['Provider', titles.get(provider) ?? provider],
          ['Called as', name && <code key="name">{name}</code>],
          ['Context window', window ? `${count(window)} tokens` : undefined],
          ['Longest answer', longest ? `${count(longest)} tokens` : undefined],
          ['Takes', inWords(model.input)],
          ['Gives', inWords(model.output)],
          ['Can', inWords(model.abilities)],
          ['State', model.deprecated ? 'its provider has announced its end' : undefined],
        ]}
      />
      <PriceList price={price} />
      {Object.entries(model.services ?? {}).map(([tier, other]) => (
        <section key={tier}>
          <h3 className={classes.heading}>Tier of service: {tier}</h3>
          <PriceList price={other} />
        </section>
      ))}
      {name ? (
        <Group gap="xs">
          {mayTry && (
            <LinkButton to="/playground" search={{ model: name }}>
              Open in playground
            </LinkButton>
          )}
          {mayChange && (
            <LinkButton to="/models" search={{ new: name }} variant="default">
              Give it a name of your own
            </LinkButton>
          )}
        </Group>
      ) : (
        mayChange && (
          <Group gap="xs">
            <LinkButton to="/providers" search={{ connect: provider }}>
              Connect {titles.get(provider) ?? provider}
            </LinkButton>
          </Group>
        )
      )}
    </>
  );
}
