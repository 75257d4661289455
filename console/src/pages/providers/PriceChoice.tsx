import { Input, SegmentedControl } from '@mantine/core';
import { faultAt } from '@/parts/faults';
import { MoneyInput } from '@/parts/MoneyInput';
import type { ProviderSpec } from './connected';
import { type Pricing, priced, pricingOf, rateOf } from './pricing';
import classes from './providers.module.css';

const CHOICES: { value: Pricing; label: string; text: string }[] = [
  {
    value: 'free',
    label: 'Nothing',
    text: 'Calls cost nothing, as on a machine of your own. They are counted all the same.',
  },
  {
    value: 'flat',
    label: 'One price',
    text: 'Dollars per million tokens, for every model without a price of its own.',
  },
  {
    value: 'refuse',
    label: 'Not known',
    text: 'Calls are refused until a price is set: what cannot be priced cannot be limited.',
  },
];

/** What calls cost of a provider whose prices the catalogue does not have. */
export function PriceChoice(props: {
  rest: ProviderSpec;
  error: unknown;
  onChange: (rest: ProviderSpec) => void;
}) {
  const { rest, onChange } = props;
  const pricing = pricingOf(rest);
  const rates = { input: rateOf(rest, 'input') ?? '', output: rateOf(rest, 'output') ?? '' };
  return (
    <div className={classes.pricing}>
      <Input.Wrapper
        label="What its calls cost"
        labelElement="div"
        description={CHOICES.find(({ value }) => value === pricing)?.text}
        error={faultAt(props.error, '#/spec/prices')}
      >
        <SegmentedControl
          fullWidth
          aria-label="What its calls cost"
          data={CHOICES}
          value={pricing}
          onChange={(value) =>
            onChange(priced(rest, CHOICES.find((each) => each.value === value)?.value ?? 'refuse', rates))
          }
        />
      </Input.Wrapper>
      {pricing === 'flat' && (
        <div className={classes.pair}>
          <MoneyInput
            label="Prompt, per million tokens"
            value={rates.input}
            onChange={(text) => onChange(priced(rest, 'flat', { ...rates, input: bare(text) }))}
          />
          <MoneyInput
            label="Answer, per million tokens"
            value={rates.output}
            onChange={(text) => onChange(priced(rest, 'flat', { ...rates, output: bare(text) }))}
          />
        </div>
      )}
    </div>
  );
}

/** An amount without what the API does not take. */
function bare(text: string): string {
  return text.replace(/[$,\s]/g, '');
}
