import { MultiSelect, Select, TextInput } from '@mantine/core';
import type { Schemas } from '@/api/client';
import { faultAt } from '@/parts/faults';
import type { ProviderSpec } from './connected';
import { cloudOf } from './credentials';
import type { Fields } from './form';
import classes from './providers.module.css';

const DIALECTS: Schemas['Dialect'][] = [
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
  'cohere',
  'ollama',
  'ollama-generate',
];

interface PlaceProps {
  fields: Fields;
  known?: Schemas['CatalogProvider'];
  error: unknown;
  onChange: (rest: ProviderSpec) => void;
}

/** The members of a spec that have fields here, so that they need none elsewhere. */
export function placedMembers(rest: ProviderSpec, known: Schemas['CatalogProvider'] | undefined): string[] {
  if (!known) return ['base_url', 'dialect', 'also'];
  const platform = rest.platform as Schemas['PlatformSpec'] | undefined;
  const cloud = cloudOf(platform, known);
  if (cloud === 'azure') return ['base_url', 'platform'];
  if (cloud === 'vertex') return ['platform'];
  if (isRegional(known)) return ['region'];
  return known.keyless || !known.base_url ? ['base_url'] : [];
}

/** Whether a provider has an address in each region. */
function isRegional({ dialect, base_url }: Schemas['CatalogProvider']): boolean {
  return dialect === 'bedrock-converse' && !base_url;
}

/** Where a provider is and what it speaks: an address, or a place in a cloud; nothing where the catalogue knows it. */
export function PlaceFields(props: PlaceProps) {
  const { fields, known } = props;
  const cloud = cloudOf(fields.rest.platform as Schemas['PlatformSpec'] | undefined, known);
  if (!known) return <AnyPlace {...props} />;
  if (cloud === 'azure') return <AzurePlace {...props} />;
  if (cloud === 'vertex') return <VertexPlace {...props} />;
  if (isRegional(known)) return <RegionPlace {...props} />;
  return known.keyless || !known.base_url ? <Address {...props} /> : null;
}

function Address(props: PlaceProps & { description?: string; placeholder?: string }) {
  const { fields, known, error, onChange } = props;
  return (
    <TextInput
      label="Address"
      description={
        props.description ??
        (known?.base_url
          ? `${known.base_url} where it is left empty`
          : 'Where the dialect’s paths begin; it usually ends in /v1')
      }
      placeholder={props.placeholder ?? known?.base_url ?? 'http://10.0.0.7:8000/v1'}
      inputMode="url"
      spellCheck={false}
      value={fields.rest.base_url ?? ''}
      error={faultAt(error, '#/spec/base_url')}
      onChange={(event) => onChange({ ...fields.rest, base_url: event.currentTarget.value.trim() })}
    />
  );
}

function AnyPlace(props: PlaceProps) {
  const { fields, error, onChange } = props;
  const { rest } = fields;
  const also = (rest.also ?? []) as string[];
  return (
    <>
      <div className={classes.pair} data-wide>
        <Address {...props} />
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
      </div>
      <MultiSelect
        label="Speaks also"
        description="Dialects at the same address; callers of those are served as they speak, byte for byte."
        placeholder={also.length === 0 ? 'nothing else' : undefined}
        data={DIALECTS.filter((dialect) => dialect !== rest.dialect)}
        value={also}
        clearable
        error={faultAt(error, '#/spec/also')}
        onChange={(dialects) => onChange({ ...rest, also: dialects.length > 0 ? dialects : undefined })}
      />
    </>
  );
}

const SURFACES = [
  { value: 'v1', label: '/openai/v1, which needs no version' },
  { value: 'deployments', label: 'Deployments in the path, with a version' },
];

function AzurePlace(props: PlaceProps) {
  const { fields, error, onChange } = props;
  const { rest } = fields;
  const azure = (rest.platform as { azure?: Schemas['AzureSpec'] } | undefined)?.azure ?? {};
  const set = (changes: Schemas['AzureSpec']) =>
    onChange({ ...rest, platform: platformOf('azure', { ...azure, ...changes }) });
  const surface = azure.surface ?? 'v1';
  return (
    <>
      <Address
        {...props}
        description="The endpoint of your resource; models are called as your deployments are."
        placeholder="https://RESOURCE.openai.azure.com"
      />
      <div className={classes.pair}>
        <Select
          label="Surface"
          data={SURFACES}
          allowDeselect={false}
          value={surface}
          error={faultAt(error, '#/spec/platform/azure/surface')}
          onChange={(value) =>
            set({
              surface: value === 'deployments' ? 'deployments' : undefined,
              api_version: value === 'deployments' ? azure.api_version : undefined,
            })
          }
        />
        {surface === 'deployments' && (
          <TextInput
            label="Version of the API"
            required
            placeholder="2024-10-21"
            value={azure.api_version ?? ''}
            error={faultAt(error, '#/spec/platform/azure/api_version')}
            onChange={(event) => set({ api_version: event.currentTarget.value.trim() || undefined })}
            spellCheck={false}
          />
        )}
      </div>
    </>
  );
}

function VertexPlace({ fields, error, onChange }: PlaceProps) {
  const { rest } = fields;
  const vertex = (rest.platform as { vertex?: Schemas['VertexSpec'] } | undefined)?.vertex ?? {};
  const set = (changes: Schemas['VertexSpec']) =>
    onChange({ ...rest, platform: platformOf('vertex', { ...vertex, ...changes }) });
  return (
    <div className={classes.pair}>
      <TextInput
        label="Project"
        description="That of the service account, where it is left empty"
        placeholder="my-project"
        value={vertex.project ?? ''}
        error={faultAt(error, '#/spec/platform/vertex/project')}
        onChange={(event) => set({ project: event.currentTarget.value.trim() || undefined })}
        spellCheck={false}
      />
      <TextInput
        label="Location"
        description="A region, us, eu, or global"
        placeholder="global"
        value={vertex.location ?? ''}
        error={faultAt(error, '#/spec/platform/vertex/location')}
        onChange={(event) => set({ location: event.currentTarget.value.trim() || undefined })}
        spellCheck={false}
      />
    </div>
  );
}

function RegionPlace({ fields, error, onChange }: PlaceProps) {
  return (
    <TextInput
      label="Region"
      description="Where it is asked, such as eu-west-1; its models differ by region."
      placeholder="eu-west-1"
      value={typeof fields.rest.region === 'string' ? fields.rest.region : ''}
      error={faultAt(error, '#/spec/region') ?? faultAt(error, '#/spec/base_url')}
      onChange={(event) =>
        onChange({ ...fields.rest, region: event.currentTarget.value.trim() || undefined })
      }
      spellCheck={false}
    />
  );
}

/** A platform with what is said of it; none where that is nothing, since the catalogue says which it is. */
function platformOf(cloud: 'azure' | 'vertex', said: object): object | undefined {
  const kept = Object.entries(said).filter(([, value]) => value !== undefined);
  return kept.length > 0 ? { [cloud]: Object.fromEntries(kept) } : undefined;
}
