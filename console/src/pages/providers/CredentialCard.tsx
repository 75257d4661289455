import { ActionIcon, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import type { Schemas } from '@/api/client';
import { faultAt } from '@/parts/faults';
import {
  type CredentialFields,
  type Form,
  isLimited,
  PARTS,
  PLAIN,
  pointerTo,
  type Source,
} from './credentials';
import { withUsual } from './form';
import classes from './providers.module.css';
import { SecretField } from './SecretField';

const SOURCES: Record<Source, string> = {
  paste: 'Paste it',
  secret: 'Stored',
  env: 'Variable',
  file: 'File',
};

const FORMS: Record<Form, string> = {
  key: 'API key',
  service_account: 'Service account',
  entra: 'Client of Entra ID',
  aws: 'AWS key pair',
  metadata: 'This machine’s own identity',
};

// It is below a fold, and its fields for numbers weigh more than all the others.
const CredentialUse = lazy(() => import('./CredentialUse'));

interface CardProps {
  credential: CredentialFields;
  alone: boolean;
  forms: Form[];
  mayPaste: boolean;
  known?: Schemas['CatalogProvider'];
  error: unknown;
  pointer: string;
  onChange: (after: CredentialFields) => void;
  onRemove: () => void;
}

/** One credential: what it is, where its secrets come from, and how much it may be used. */
export function CredentialCard(props: CardProps) {
  const { credential, error, pointer, onChange } = props;
  const { form, kept, texts } = credential;
  return (
    <div className={classes.key} role="group" aria-label={`Key ${credential.name}`}>
      <Head {...props} />
      {kept && (
        <p className={classes.note}>
          Its secrets come from different places; they are changed in the provider’s specification.
        </p>
      )}
      {form === 'metadata' && (
        <p className={classes.note}>
          Tokens come from the machine on which Tollgate runs, which has to be one of the cloud’s own.
        </p>
      )}
      {!kept && PLAIN[form].length > 0 && <PlainFields {...props} />}
      {!kept &&
        PARTS[form].map((part) => (
          <SecretField
            key={part}
            part={part}
            source={credential.source}
            text={texts[part] ?? ''}
            known={props.known}
            error={faultAt(error, `${pointer}/${pointerTo(form, part)}`)}
            onChange={(text) => onChange({ ...credential, texts: { ...texts, [part]: text } })}
          />
        ))}
      <details className={classes.details} open={isLimited(credential) || !props.alone || undefined}>
        <summary>{props.alone ? 'Limits' : 'Weight and limits'}</summary>
        <Suspense>
          <CredentialUse {...props} />
        </Suspense>
      </details>
    </div>
  );
}

function Head({ credential, alone, forms, mayPaste, known, error, pointer, onChange, onRemove }: CardProps) {
  const { name, form, source, kept } = credential;
  const all = forms.includes(form) ? forms : [form, ...forms];
  const sources: Source[] = [
    ...(mayPaste ? ['paste' as const] : []),
    'env',
    'file',
    ...(source === 'secret' ? ['secret' as const] : []),
  ];
  const turn = (changes: Partial<CredentialFields>) =>
    onChange(withUsual({ ...credential, ...changes }, known));
  return (
    <div className={classes.keyHead}>
      {!alone && (
        <TextInput
          aria-label="Name of the credential"
          size="xs"
          w={130}
          value={name}
          error={faultAt(error, `${pointer}/name`)}
          onChange={(event) => onChange({ ...credential, name: event.currentTarget.value })}
          spellCheck={false}
        />
      )}
      {!kept && all.length > 1 && (
        <Select
          aria-label="What it is"
          size="xs"
          w={190}
          allowDeselect={false}
          data={all.map((value) => ({ value, label: FORMS[value] }))}
          value={form}
          onChange={(value) =>
            turn({
              form: all.find((each) => each === value) ?? form,
              source: source === 'secret' ? (mayPaste ? 'paste' : 'env') : source,
              plain: {},
            })
          }
        />
      )}
      {!kept && PARTS[form].length > 0 && (
        <SegmentedControl
          size="xs"
          aria-label="Where the key comes from"
          data={sources.map((value) => ({ value, label: SOURCES[value] }))}
          value={source}
          onChange={(value) => turn({ source: sources.find((each) => each === value) ?? 'env' })}
        />
      )}
      {(!alone || known?.keyless !== false) && (
        <ActionIcon className={classes.end} aria-label={`Remove the key ${name}`} onClick={onRemove}>
          <IconX size={15} />
        </ActionIcon>
      )}
    </div>
  );
}

const HINTS: Record<string, string> = {
  tenant: 'contoso.onmicrosoft.com',
  authority: 'https://login.microsoftonline.com',
  scope: 'https://cognitiveservices.azure.com/.default',
  identity: 'the default one',
  base_url: 'the usual one',
};

function PlainFields({ credential, error, pointer, onChange }: CardProps) {
  const { form, plain } = credential;
  return (
    <div className={classes.pair}>
      {PLAIN[form].map(({ name, label, needed }) => (
        <TextInput
          key={name}
          label={label}
          required={needed}
          placeholder={HINTS[name]}
          value={plain[name] ?? ''}
          error={faultAt(error, `${pointer}/${form}/${name}`)}
          onChange={(event) =>
            onChange({ ...credential, plain: { ...plain, [name]: event.currentTarget.value } })
          }
          autoComplete="off"
          spellCheck={false}
        />
      ))}
    </div>
  );
}
