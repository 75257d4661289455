import { IconPlugConnected, IconWorldCode } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { useResources } from '@/api/queries';
import { counted } from '@/format';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import { PageHeader } from '@/parts/PageHeader';
import { SearchBox } from '@/parts/SearchBox';
import { Tag } from '@/parts/Tag';
import { useParam } from '@/search';
import { finder } from '../models/find';
import { useCatalogProviders } from '../models/queries';
import { connectedBy, providersOf, SANDBOX } from './connected';
import classes from './providers.module.css';

type Known = Schemas['CatalogProvider'];

/** The first step of connecting a provider: which one. */
export default function Choose() {
  const [q = ''] = useParam('q');
  const known = useCatalogProviders();
  const resources = useResources('Provider');
  const connected = connectedBy(providersOf(resources.data?.items ?? []));
  const has = finder(q);
  const found = known.data?.items.filter(({ id, title }) => id !== SANDBOX && has(`${id} ${title}`));
  return (
    <>
      <PageHeader
        above={<Link to="/providers">Providers</Link>}
        title="Connect a provider"
        lead="The catalogue knows address, dialect and prices of these. Any other needs only its address."
      />
      <div className={classes.bar}>
        <SearchBox label="Search providers" />
      </div>
      {known.error && <ErrorState error={known.error} retry={() => void known.refetch()} />}
      {known.isPending && <Lines count={8} />}
      {found && (
        <>
          <Choices
            title="With an account"
            entries={found.filter(({ keyless }) => !keyless)}
            connected={connected}
          />
          <Choices
            title="On your own machines"
            entries={found.filter(({ keyless }) => keyless)}
            connected={connected}
            custom
          />
          {found.length > 0 && (
            <p className={classes.only}>
              Coming from LiteLLM, one-api, new-api, OpenRouter or Portkey? The command line takes their
              configuration over and reports what became of each part:{' '}
              <code>tollgate import litellm config.yaml</code>
            </p>
          )}
          {found.length === 0 && (
            <EmptyState icon={<IconPlugConnected size={20} />} title={`The catalogue has no “${q}”`}>
              If it speaks a dialect that Tollgate knows, connect it by its address.
            </EmptyState>
          )}
        </>
      )}
    </>
  );
}

function Choices(props: {
  title: string;
  entries: Known[];
  connected: Map<string, string[]>;
  /** Whether any address at all is offered as well. */
  custom?: boolean;
}) {
  const { title, entries, connected } = props;
  if (entries.length === 0 && !props.custom) return null;
  return (
    <section className={classes.choices} aria-label={title}>
      <h2 className={classes.choicesTitle}>{title}</h2>
      <ul className={classes.grid}>
        {props.custom && (
          <li>
            <Link to="/providers" search={{ connect: 'custom' }} className={classes.choice}>
              <span className={classes.choiceName}>
                <IconWorldCode size={16} aria-hidden="true" /> Any other address
              </span>
              <span className={classes.choiceMore}>Compatible with OpenAI, Anthropic or Gemini</span>
            </Link>
          </li>
        )}
        {entries.map((entry) => (
          <li key={entry.id}>
            <Link to="/providers" search={{ connect: entry.id }} className={classes.choice}>
              <span className={classes.choiceName}>
                {entry.title}
                {connected.has(entry.id) && (
                  <Tag tone="ok" quiet>
                    connected
                  </Tag>
                )}
              </span>
              <span className={classes.choiceMore}>
                {entry.base_url?.replace(/^https?:\/\//, '') ?? 'your address'}
              </span>
              <span className={classes.choiceMore}>
                {entry.dialect}
                {entry.models > 0 && ` · ${counted(entry.models, 'model')}`}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
