import { Select } from '@mantine/core';
import { unknownName } from '@/pages/models/find';
import { shortPrice, targetsInWords } from '@/pages/models/prices';
import { useMeaning } from '@/pages/models/queries';
import type { Caller } from './applications';
import { ModelSelect } from './ModelSelect';
import classes from './playground.module.css';
import type { Playground } from './usePlayground';

/** Who calls, and what is called: the two choices that every call needs. */
export function WhoAndWhat({ playground, applications }: { playground: Playground; applications: Caller[] }) {
  const { application, model } = playground;
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
    </div>
  );
}

/** Where a call of a name goes and at which price, in a line. */
function Meaning({ model }: { model: string }) {
  const { data, error } = useMeaning(model);
  if (error) return unknownName(error.message);
  if (!data || data.name !== model) return '\u00a0';
  const price = shortPrice(data.targets.map((target) => target.price));
  const direct =
    data.targets.length === 1 && `${data.targets[0]?.provider}/${data.targets[0]?.model}` === model;
  return (
    <>
      {!direct && `${targetsInWords(data)} · `}
      {price ? `${price} per million tokens` : 'No price is known, so calls are refused.'}
    </>
  );
}
