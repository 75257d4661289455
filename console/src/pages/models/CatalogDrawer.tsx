import { Group } from '@mantine/core';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { count } from '@/format';
import { Facts } from '@/parts/Facts';
import { LinkButton } from '@/parts/LinkButton';
import { SideDrawer } from '@/parts/SideDrawer';
import { useChangeParams } from '@/search';
import { PriceList } from './PriceList';

/** A model of the catalogue: what it costs, how much it takes, and how it is called or connected. */
export function CatalogDrawer(props: {
  model: Schemas['CatalogModel'] | undefined;
  titles: Map<string, string>;
  /** The providers that go by each entry of the catalogue. */
  connected: Map<string, string[]>;
}) {
  const change = useChangeParams();
  const { model } = props;
  return (
    <SideDrawer opened={model !== undefined} onClose={() => change({ open: undefined })} title={model?.id}>
      {model && <Known {...props} model={model} />}
    </SideDrawer>
  );
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
          ['Called as', name && <code>{name}</code>],
          ['Context window', window ? `${count(window)} tokens` : undefined],
          ['Longest answer', longest ? `${count(longest)} tokens` : undefined],
        ]}
      />
      <PriceList price={price} />
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
