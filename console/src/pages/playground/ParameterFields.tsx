import { NumberInput, Switch, TagsInput } from '@mantine/core';
import classes from './playground.module.css';
import type { Parameters } from './request';

const NUMBERS = [
  { name: 'temperature', label: 'Temperature', help: '0 to 2; higher is more varied', max: 2, step: 0.1 },
  { name: 'top_p', label: 'Top p', help: '0 to 1; the share of likely words', max: 1, step: 0.05 },
  { name: 'max_tokens', label: 'Max tokens', help: 'Of the answer; also bounds its cost', step: 1 },
] as const;

/** The parameters of a call. What is left empty is not sent, and the model does as it is used to. */
export function ParameterFields(props: { parameters: Parameters; onChange: (after: Parameters) => void }) {
  const { parameters, onChange } = props;
  return (
    <section className={classes.parameters} aria-labelledby="parameters">
      <h2 id="parameters" className={classes.heading}>
        Parameters
      </h2>
      <p className={classes.note}>What is left empty is not sent.</p>
      {NUMBERS.map(({ name, label, help, step, ...bounds }) => (
        <NumberInput
          key={name}
          label={label}
          description={help}
          placeholder="not sent"
          min={name === 'max_tokens' ? 1 : 0}
          max={'max' in bounds ? bounds.max : undefined}
          step={step}
          allowDecimal={name !== 'max_tokens'}
          allowNegative={false}
          value={parameters[name]}
          onChange={(value) => onChange({ ...parameters, [name]: String(value) })}
        />
      ))}
      <TagsInput
        label="Stop"
        description="Texts at which it ends; \n is a new line"
        placeholder={parameters.stop.length === 0 ? 'not sent' : undefined}
        maxTags={4}
        splitChars={[]}
        acceptValueOnBlur
        value={parameters.stop}
        onChange={(stop) => onChange({ ...parameters, stop })}
      />
      <Switch
        label="Stream"
        description="Show the answer as it is written"
        checked={parameters.stream}
        onChange={(event) => onChange({ ...parameters, stream: event.currentTarget.checked })}
      />
    </section>
  );
}
