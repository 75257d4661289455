import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { faultAt } from '@/parts/faults';
import { CredentialCard } from './CredentialCard';
import { type CredentialFields, formsOf } from './credentials';
import { type Fields, withCredential, withUsual } from './form';
import classes from './providers.module.css';

/** The credentials of a provider. One is plain; several have names and make a pool. */
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
  const forms = formsOf(fields.rest, known);
  const set = (after: CredentialFields[]) => onChange({ ...fields, credentials: after });
  const fault = credentials.length === 0 && faultAt(error, '#/spec/credentials');
  const [one, many] = forms.length > 1 ? ['Credential', 'Credentials'] : ['API key', 'API keys'];
  return (
    <fieldset className={classes.keys}>
      <legend>{credentials.length > 1 ? many : one}</legend>
      {credentials.length === 0 && <p className={classes.note}>It is called without one.</p>}
      {credentials.length > 1 && (
        <p className={classes.note}>
          Calls are spread over them by weight, and one that fails gives way to the others. One of weight 0 is
          kept in reserve: it is used where all others fail.
        </p>
      )}
      {credentials.map((credential, place) => (
        <CredentialCard
          key={credential.id}
          credential={credential}
          alone={credentials.length === 1}
          forms={forms}
          mayPaste={mayPaste}
          known={known}
          error={error}
          pointer={`#/spec/credentials/${place}`}
          onChange={(after) => set(credentials.with(place, after))}
          onRemove={() => set(credentials.toSpliced(place, 1))}
        />
      ))}
      {fault && <p className={classes.fault}>{fault}</p>}
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        className={classes.add}
        leftSection={<IconPlus size={13} />}
        onClick={() => {
          const after = withCredential(fields, mayPaste ? 'paste' : 'env', known);
          // The usual variable is that of the first; another one comes from somewhere else.
          const first = credentials.length === 0;
          onChange(
            first ? { ...after, credentials: after.credentials.map((c) => withUsual(c, known)) } : after,
          );
        }}
      >
        {credentials.length === 0 ? 'Add a key' : 'Add another key'}
      </Button>
    </fieldset>
  );
}
