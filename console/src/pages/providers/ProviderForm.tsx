import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { problemFrom } from '@/api/problem';
import { ErrorState } from '@/parts/ErrorState';
import { faultAt } from '@/parts/faults';
import { LinkButton } from '@/parts/LinkButton';
import type { JsonSchema } from '@/parts/SchemaForm';
import type { Outcome } from './Connected';
import { CredentialsFields } from './CredentialsFields';
import type { ProviderSpec, Stored } from './connected';
import { Equivalents } from './Equivalents';
import { blocked, type Fields, renamed, withFlat, withoutFlat } from './form';
import { PriceChoice } from './PriceChoice';
import { ProbeNote } from './ProbeNote';
import classes from './providers.module.css';
import { useProviderForm } from './useProviderForm';

// It is below a fold that few open, and half as heavy as all the rest.
const SchemaForm = lazy(async () => ({ default: (await import('@/parts/SchemaForm')).SchemaForm }));

const DIALECTS = [
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'anthropic-messages',
  'gemini',
  'cohere',
  'ollama',
  'ollama-generate',
];

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
      {(custom || known.keyless || !known.base_url) && (
        <Place fields={fields} known={known} error={error} onChange={set} />
      )}
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
        hide={[...hiddenFor(custom, known), ...(pricing ? ['unpriced'] : [])]}
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

interface PartProps {
  error: unknown;
  onChange: (rest: ProviderSpec) => void;
}

/** Where the provider is, and what it speaks. */
function Place(props: PartProps & { fields: Fields; known?: Schemas['CatalogProvider'] }) {
  const { fields, known, error, onChange } = props;
  const { rest } = fields;
  return (
    <div className={classes.pair} data-wide={known ? undefined : true}>
      <TextInput
        label="Address"
        description={
          known?.base_url
            ? `${known.base_url} where it is left empty`
            : 'Where the dialect’s paths begin; it usually ends in /v1'
        }
        placeholder={known?.base_url ?? 'http://10.0.0.7:8000/v1'}
        inputMode="url"
        spellCheck={false}
        value={rest.base_url ?? ''}
        error={faultAt(error, '#/spec/base_url')}
        onChange={(event) => onChange({ ...rest, base_url: event.currentTarget.value.trim() })}
      />
      {!known && (
        <Select
          label="Dialect"
          description="The wire format that it speaks"
          data={DIALECTS}
          value={rest.dialect ?? null}
          error={faultAt(error, '#/spec/dialect')}
          onChange={(dialect) =>
            onChange({ ...rest, dialect: (dialect ?? undefined) as ProviderSpec['dialect'] })
          }
        />
      )}
    </div>
  );
}

/** What has a field of its own, or is decided by what was chosen. */
function hiddenFor(custom: boolean, known: Schemas['CatalogProvider'] | undefined): string[] {
  const place = custom ? ['base_url', 'dialect'] : known?.keyless || !known?.base_url ? ['base_url'] : [];
  return ['credentials', 'catalog', ...place];
}

/** Everything else that a provider can say, by its schema. */
function More(props: PartProps & { rest: ProviderSpec; hide: string[] }) {
  const schema = useQuery({
    queryKey: ['session', 'schema', 'Provider'],
    queryFn: () => take(api.GET('/api/v1/schemas/{kind}', { params: { path: { kind: 'Provider' } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!schema.data) return null;
  return (
    <Suspense>
      <SchemaForm
        schema={schema.data as JsonSchema}
        value={props.rest}
        onChange={(rest) => props.onChange(rest)}
        faults={props.error ? problemFrom(props.error).errors : []}
        at="#/spec"
        first={[]}
        hide={props.hide}
        formOnly
      />
    </Suspense>
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
