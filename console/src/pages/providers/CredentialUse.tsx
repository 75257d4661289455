import { NumberInput, Switch } from '@mantine/core';
import { faultAt } from '@/parts/faults';
import type { CredentialFields } from './credentials';
import { LIMITS } from './limits';
import classes from './providers.module.css';

const LABELS: Record<(typeof LIMITS)[number], string> = {
  requests_per_minute: 'Requests a minute',
  tokens_per_minute: 'Tokens a minute',
  concurrent: 'Calls at a time',
};

/** How much a credential may be used: its share among others, its limits, and whether at all. */
export default function CredentialUse(props: {
  credential: CredentialFields;
  alone: boolean;
  error: unknown;
  pointer: string;
  onChange: (after: CredentialFields) => void;
}) {
  const { credential, alone, error, pointer, onChange } = props;
  const { limits, disabled, weight } = credential;
  return (
    <div className={classes.limits}>
      {!alone && (
        <NumberInput
          label="Weight"
          min={0}
          max={1_000_000}
          allowDecimal={false}
          allowNegative={false}
          value={weight}
          error={faultAt(error, `${pointer}/weight`)}
          onChange={(to) => onChange({ ...credential, weight: Number(to) || 0 })}
        />
      )}
      {LIMITS.map((name) => (
        <NumberInput
          key={name}
          label={LABELS[name]}
          placeholder="no limit"
          min={1}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          value={limits[name]}
          error={faultAt(error, `${pointer}/limits/${name}`)}
          onChange={(to) => onChange({ ...credential, limits: { ...limits, [name]: `${to}` } })}
        />
      ))}
      <Switch
        className={classes.wide}
        label="Switched off"
        description="No call uses it."
        checked={disabled}
        onChange={(event) => onChange({ ...credential, disabled: event.currentTarget.checked })}
      />
    </div>
  );
}
