import { PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { Schemas } from '@/api/client';
import type { Part, Source } from './credentials';
import classes from './providers.module.css';

const LABELS: Record<Part, string> = {
  key: 'API key',
  service_account: 'Service account',
  client_secret: 'Client secret',
  access_key_id: 'Access key id',
  secret_access_key: 'Secret access key',
  session_token: 'Session token',
};

/** Variables from which other programs read them too. */
const VARIABLES: Partial<Record<Part, string>> = {
  client_secret: 'AZURE_CLIENT_SECRET',
  access_key_id: 'AWS_ACCESS_KEY_ID',
  secret_access_key: 'AWS_SECRET_ACCESS_KEY',
  session_token: 'AWS_SESSION_TOKEN',
};

/** One secret of a credential: itself, or the name of the variable or file that has it. */
export function SecretField(props: {
  part: Part;
  source: Source;
  text: string;
  known?: Schemas['CatalogProvider'];
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const { part, source, text, known, error, onChange } = props;
  // A key that is all there is needs no label beside what stands above it.
  const alone = part === 'key' || part === 'service_account';
  const name = alone ? { 'aria-label': LABELS[part] } : { label: LABELS[part] };
  const empty = part === 'session_token' ? 'only of a pair that works for a time' : undefined;
  const common = { ...name, value: text, error, autoComplete: 'off', spellCheck: false } as const;
  if (source === 'secret') {
    if (!text) return null;
    return (
      <p className={classes.note}>
        {!alone && `${LABELS[part]}: `}Stored as <code>{text}</code>. Paste another to replace it: it takes
        over when the provider is saved.
        {error && <span className={classes.fault}> {error}</span>}
      </p>
    );
  }
  if (source === 'paste' && part === 'service_account') {
    return (
      <Textarea
        {...common}
        placeholder={'{ "type": "service_account", … }'}
        description="The JSON of the key file. Stored sealed, shown never again."
        autosize
        minRows={3}
        maxRows={8}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (source === 'paste') {
    return (
      <PasswordInput
        {...common}
        placeholder={empty ?? (part === 'key' ? 'The key' : undefined)}
        description={alone ? 'Stored sealed, shown never again.' : undefined}
        data-1p-ignore
        data-lpignore="true"
        onChange={(event) => onChange(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
      />
    );
  }
  const variable = VARIABLES[part] ?? known?.env[0] ?? 'PROVIDER_API_KEY';
  const where = source === 'env' ? 'Name of the variable' : 'Path of the file';
  return (
    <TextInput
      {...common}
      aria-label={alone ? where : undefined}
      placeholder={empty ?? (source === 'env' ? variable : '/run/secrets/provider-key')}
      description={
        !alone
          ? undefined
          : source === 'env'
            ? 'A variable of the environment in which Tollgate was started.'
            : 'A file that Tollgate can read on its own machine.'
      }
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
