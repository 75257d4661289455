import { Select } from '@mantine/core';
import { unknownName } from '@/pages/models/find';
import { priceInWords, targetsInWords } from '@/pages/models/prices';
import { useMeaning } from '@/pages/models/queries';
import type { Caller } from './applications';
import { DIALECTS, dialectOf, unsaid } from './dialects';
import { ModelSelect } from './ModelSelect';
import classes from './playground.module.css';
import type { Playground } from './usePlayground';

/** Who calls, what is called, and in which dialect. */
export function WhoAndWhat(props: {
  playground: Playground;
  applications: Caller[];
  /** Whether a conversation is had, which can be sent in several dialects. */
  talks: boolean;
}) {
  const { playground, applications, talks } = props;
  const { application, model, dialect, request } = playground;
  const lost = unsaid(dialect, request);
  const payer = applications.find(({ name }) => name === application)?.team;
  return (
    <div className={classes.choices}>
      <Select
        label="Application"
        description={payer && `Team ${payer} pays.`}
        data={applications.map(({ name, title }) => ({ value: name, label: title }))}
        value={application ?? null}
        onChange={(name) => name && playground.setApplication(name)}
        searchable={applications.length > 8}
        error={application && !payer ? 'There is no such application in this team.' : undefined}
      />
      <ModelSelect
        label="Model"
        description={<Meaning model={model} />}
        value={model}
        onChange={playground.setModel}
      />
      {talks && (
        <Select
          label="Dialect"
          description={lost.length > 0 ? `It has no word for ${lost.join(', ')}.` : 'In which it is asked'}
          data={DIALECTS.map(({ value, label }) => ({ value, label }))}
          allowDeselect={false}
          value={dialect}
          onChange={(word) => playground.setDialect(dialectOf(word ?? undefined))}
        />
      )}
    </div>
  );
}

/** Where a call of a name goes and at which price, in a line. */
function Meaning({ model }: { model: string }) {
  const { data, error } = useMeaning(model);
  if (error) return unknownName(error.message);
  if (!data || data.name !== model) return '\u00a0';
  const price = priceInWords(data.targets.map((target) => target.price));
  const direct =
    data.targets.length === 1 && `${data.targets[0]?.provider}/${data.targets[0]?.model}` === model;
  return (
    <>
      {!direct && `${targetsInWords(data)} · `}
      {price ?? 'No price is known, so calls are refused.'}
    </>
  );
}
