import { Button, TextInput } from '@mantine/core';
import type { Schemas } from '@/api/client';
import { ErrorState } from '@/parts/ErrorState';
import { faultAt } from '@/parts/faults';
import { KindForm } from '@/parts/KindForm';
import { LinkButton } from '@/parts/LinkButton';
import type { Outcome } from './Connected';
import { CredentialsFields } from './CredentialsFields';
import type { ProviderSpec, Stored } from './connected';
import { Equivalents } from './Equivalents';
import { blocked, type Fields, renamed } from './form';
import { PlaceFields, placedMembers } from './PlaceFields';
import { PriceChoice } from './PriceChoice';
import { ProbeNote } from './ProbeNote';
import { withFlat, withoutFlat } from './pricing';
import classes from './providers.module.css';
import { useProviderForm } from './useProviderForm';

/** The fields of a provider, a test before it is saved, and saving. `seen` is the one that is changed. */
export function ProviderForm(props: {
  start: Fields;
  seen?: Stored;
  known?: Schemas['CatalogProvider'];
  onDone: (outcome: Outcome) => void;
}) {
  const { known } = props;
  const form = useProviderForm(props.start, props.seen, props.onDone);
  const { seen, fields, change, test, save, error } = form;
  const custom = !known;
  const stop = blocked(fields, custom);
  const set = (rest: ProviderSpec) => change({ ...fields, rest });
  const pricing = custom || known.models === 0;
  return (
    <form
      className={classes.form}
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (stop || form.busy) return;
        if (form.good || seen) save.mutate();
        else test.mutate();
      }}
    >
      <PlaceFields fields={fields} known={known} error={error} onChange={set} />
      {!seen && (
        <TextInput
          label="Name"
          description={`Callers can ask for ${fields.name.trim() || 'name'}/model.`}
          value={fields.name}
          error={faultAt(error, '#/name')}
          onChange={(event) => change(renamed(fields, event.currentTarget.value, known))}
          spellCheck={false}
        />
      )}
      <CredentialsFields fields={fields} known={known} error={error} onChange={change} />
      {pricing && <PriceChoice rest={fields.rest} error={error} onChange={set} />}
      <More
        rest={pricing ? withoutFlat(fields.rest) : fields.rest}
        error={error}
        onChange={(rest) => set(pricing ? withFlat(rest, fields.rest) : rest)}
        hide={[
          'credentials',
          'catalog',
          ...placedMembers(fields.rest, known),
          ...(pricing ? ['unpriced'] : []),
        ]}
      />
      <Equivalents fields={fields} seen={seen} />
      {test.data && <Probes probes={test.data} />}
      {error && <ErrorState error={error} compact />}
      <div className={classes.buttons}>
        {stop && <span className={classes.stop}>{stop}</span>}
        <LinkButton to="/providers" search={seen ? { open: seen.name } : { open: 'new' }} variant="default">
          {seen ? 'Cancel' : 'Back'}
        </LinkButton>
        {(seen || (test.data && !form.good)) && (
          <Button
            variant="default"
            disabled={Boolean(stop)}
            loading={test.isPending}
            onClick={() => test.mutate()}
          >
            {test.data ? 'Test again' : 'Test'}
          </Button>
        )}
        {seen || test.data ? (
          <Button
            type={form.good || seen ? 'submit' : 'button'}
            disabled={Boolean(stop)}
            loading={save.isPending}
            variant={form.good || seen ? undefined : 'default'}
            onClick={form.good || seen ? undefined : () => save.mutate()}
          >
            {seen ? 'Save' : form.good ? 'Connect' : 'Connect anyway'}
          </Button>
        ) : (
          <Button type="submit" disabled={Boolean(stop)} loading={test.isPending}>
            {fields.credentials.length > 0 ? 'Test the key' : 'Test'}
          </Button>
        )}
      </div>
    </form>
  );
}

const LABELS = {
  '/also': 'Speaks also',
  '/tasks': 'Tasks',
  '/prices': 'Prices by model',
  '/tier_prices': 'Prices by tier of service and model',
  '/unpriced': 'Models without a price',
  '/timeouts': 'Timeouts',
  '/probe': 'Probes',
  '/probe/every_s': 'Every (s)',
  '/auth': 'How its key is sent',
  '/headers': 'Headers of every request',
  '/query': 'Parameters of every request',
  '/quirks': 'Habits',
  '/ca_file': 'File of certificates',
};

interface PartProps {
  error: unknown;
  onChange: (rest: ProviderSpec) => void;
}

/** Everything else that a provider can say, by its schema. */
function More(props: PartProps & { rest: ProviderSpec; hide: string[] }) {
  return (
    <KindForm
      kind="Provider"
      value={props.rest}
      onChange={(rest) => props.onChange(rest)}
      error={props.error}
      at="#/spec"
      first={[]}
      hide={props.hide}
      labels={LABELS}
    />
  );
}

function Probes({ probes }: { probes: Schemas['Probes'] }) {
  const several = probes.items.length > 1;
  return (
    <div className={classes.probes}>
      {probes.items.map((probe) => (
        <ProbeNote key={probe.credential ?? ''} probe={probe} named={several} />
      ))}
      {probes.items.length === 0 && <p className={classes.note}>There was no credential to test it with.</p>}
    </div>
  );
}
