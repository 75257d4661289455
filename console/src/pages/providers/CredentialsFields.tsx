import { ActionIcon, Button, NumberInput, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { faultAt } from '@/parts/faults';
import { type CredentialFields, type Fields, type Source, withCredential } from './form';
import classes from './providers.module.css';

const LABELS: Record<Source, string> = { paste: 'Paste it', secret: 'Stored', env: 'Variable', file: 'File' };

/** The keys of a provider. One is plain; several have names and make a pool. */
export function CredentialsFields(props: {
  fields: Fields;
  known?: Schemas['CatalogProvider'];
  /** What went wrong when the form was sent. */
  error: unknown;
  onChange: (after: Fields) => void;
}) {
  const { fields, known, error, onChange } = props;
  const mayPaste = useCan('secrets:manage');
  const { credentials } = fields;
  const set = (after: CredentialFields[]) => onChange({ ...fields, credentials: after });
  return (
    <fieldset className={classes.keys}>
      <legend>{credentials.length > 1 ? 'API keys' : 'API key'}</legend>
      {credentials.length === 0 && <p className={classes.note}>It is called without one.</p>}
      {credentials.length > 1 && (
        <p className={classes.note}>
          Calls are spread over them by weight, and a key that fails gives way to the others. One of weight 0
          is kept in reserve: it is used where all others fail.
        </p>
      )}
      {credentials.map((credential, place) => (
        <KeyCard
          key={credential.id}
          credential={credential}
          alone={credentials.length === 1}
          mayPaste={mayPaste}
          known={known}
          error={error}
          pointer={`#/spec/credentials/${place}`}
          onChange={(after) => set(credentials.with(place, after))}
          onRemove={() => set(credentials.toSpliced(place, 1))}
        />
      ))}
      {faultAtOnly(error)}
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        className={classes.add}
        leftSection={<IconPlus size={13} />}
        onClick={() => onChange(withCredential(fields, mayPaste ? 'paste' : 'env'))}
      >
        {credentials.length === 0 ? 'Add a key' : 'Add another key'}
      </Button>
    </fieldset>
  );

  function faultAtOnly(given: unknown) {
    const fault = credentials.length === 0 && faultAt(given, '#/spec/credentials');
    return fault ? <p className={classes.fault}>{fault}</p> : null;
  }
}

function KeyCard(props: {
  credential: CredentialFields;
  alone: boolean;
  mayPaste: boolean;
  known?: Schemas['CatalogProvider'];
  error: unknown;
  pointer: string;
  onChange: (after: CredentialFields) => void;
  onRemove: () => void;
}) {
  const { credential, alone, mayPaste, known, error, pointer, onChange } = props;
  const { name, source, weight } = credential;
  const sources: Source[] = [
    ...(mayPaste ? ['paste' as const] : []),
    'env',
    'file',
    ...(source === 'secret' ? ['secret' as const] : []),
  ];
  const turn = (to: Source) =>
    onChange({ ...credential, source: to, text: to === 'env' ? (known?.env[0] ?? '') : '' });
  return (
    <div className={classes.key} role="group" aria-label={`Key ${name}`}>
      <div className={classes.keyHead}>
        {!alone && (
          <>
            <TextInput
              aria-label="Name of the credential"
              size="xs"
              w={130}
              value={name}
              error={faultAt(error, `${pointer}/name`)}
              onChange={(event) => onChange({ ...credential, name: event.currentTarget.value })}
              spellCheck={false}
            />
            <NumberInput
              aria-label={`Weight of ${name}`}
              size="xs"
              w={92}
              prefix="weight "
              min={0}
              max={1_000_000}
              allowDecimal={false}
              allowNegative={false}
              value={weight}
              error={faultAt(error, `${pointer}/weight`)}
              onChange={(to) => onChange({ ...credential, weight: Number(to) || 0 })}
            />
          </>
        )}
        {!credential.kept && (
          <SegmentedControl
            size="xs"
            aria-label="Where the key comes from"
            data={sources.map((value) => ({ value, label: LABELS[value] }))}
            value={source}
            onChange={(value) => turn(sources.find((each) => each === value) ?? 'env')}
          />
        )}
        {(!alone || known?.keyless !== false) && (
          <ActionIcon className={classes.end} aria-label={`Remove the key ${name}`} onClick={props.onRemove}>
            <IconX size={15} />
          </ActionIcon>
        )}
      </div>
      <KeyText
        credential={credential}
        known={known}
        error={faultAt(error, `${pointer}/${credential.form}`)}
        onChange={(text) => onChange({ ...credential, text })}
      />
    </div>
  );
}

function KeyText(props: {
  credential: CredentialFields;
  known?: Schemas['CatalogProvider'];
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const { credential, known, error, onChange } = props;
  const { source, text } = credential;
  if (credential.kept) {
    return <p className={classes.note}>It is no plain key. It is changed in the provider’s specification.</p>;
  }
  if (source === 'paste') {
    return (
      <PasswordInput
        aria-label="API key"
        placeholder={credential.form === 'key' ? 'The key' : 'The JSON of the key file'}
        description="Stored sealed, shown never again."
        autoComplete="off"
        spellCheck={false}
        data-1p-ignore
        data-lpignore="true"
        value={text}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
      />
    );
  }
  if (source === 'secret') {
    return (
      <p className={classes.note}>
        Stored as <code>{text}</code>. Paste another to replace it: it takes over when the provider is saved.
        {error && <span className={classes.fault}> {error}</span>}
      </p>
    );
  }
  return (
    <TextInput
      aria-label={source === 'env' ? 'Name of the variable' : 'Path of the file'}
      placeholder={source === 'env' ? (known?.env[0] ?? 'PROVIDER_API_KEY') : '/run/secrets/provider-key'}
      description={
        source === 'env'
          ? 'A variable of the environment in which Tollgate was started.'
          : 'A file that Tollgate can read on its own machine.'
      }
      autoComplete="off"
      spellCheck={false}
      value={text}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
