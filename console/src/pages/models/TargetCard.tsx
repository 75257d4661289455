import { ActionIcon, Autocomplete, NumberInput, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import type { Schemas } from '@/api/client';
import { faultAt } from '@/parts/faults';
import { catalogIdOf, providersOf, SANDBOX } from '../providers/connected';
import { finder, ordered, unknownName } from './find';
import type { TargetFields } from './form';
import classes from './models.module.css';
import { priceInWords } from './prices';
import { useCatalogModels, useCatalogProviders, useMeaning } from './queries';
import { TargetOptions } from './TargetOptions';

const SUGGESTIONS = 40;

/** One target of a model in its form: provider, the provider's model, its weight, and what it would cost. */
export function TargetCard(props: {
  target: TargetFields;
  /** Counted from zero. */
  place: number;
  last: boolean;
  weighted: boolean;
  providers: Schemas['Resource'][];
  /** What went wrong when the form was sent. */
  error: unknown;
  onChange: (after: TargetFields) => void;
  onMove: (by: -1 | 1) => void;
  onRemove?: () => void;
}) {
  const { target, place, onChange, error } = props;
  const pointer = `#/spec/targets/${place}`;
  const stored = providersOf(props.providers);
  const names = [...new Set([...stored.map(({ name }) => name), SANDBOX])];
  const suggestions = useSuggestions(target, stored);
  return (
    <div className={classes.card} role="group" aria-label={`Target ${place + 1}`}>
      <div className={classes.cardHead}>
        <span>Target {place + 1}</span>
        <span className={classes.cardDeeds}>
          <ActionIcon
            size="sm"
            aria-label={`Move target ${place + 1} up`}
            disabled={place === 0}
            onClick={() => props.onMove(-1)}
          >
            <IconArrowUp size={14} />
          </ActionIcon>
          <ActionIcon
            size="sm"
            aria-label={`Move target ${place + 1} down`}
            disabled={props.last}
            onClick={() => props.onMove(1)}
          >
            <IconArrowDown size={14} />
          </ActionIcon>
          <ActionIcon
            size="sm"
            aria-label={`Remove target ${place + 1}`}
            disabled={!props.onRemove}
            onClick={props.onRemove}
          >
            <IconX size={14} />
          </ActionIcon>
        </span>
      </div>
      <div className={classes.cardFields} data-weighted={props.weighted || undefined}>
        <Select
          label="Provider"
          data={names}
          searchable={names.length > 8}
          value={target.provider || null}
          error={faultAt(error, `${pointer}/provider`)}
          onChange={(provider) => onChange({ ...target, provider: provider ?? '' })}
        />
        <Autocomplete
          label="Its model"
          data={suggestions}
          limit={SUGGESTIONS}
          filter={({ options }) => options}
          value={target.model}
          error={faultAt(error, `${pointer}/model`)}
          onChange={(model) => onChange({ ...target, model })}
          spellCheck={false}
        />
        {props.weighted && (
          <NumberInput
            label="Weight"
            min={0}
            max={1_000_000}
            allowDecimal={false}
            value={target.weight}
            error={faultAt(error, `${pointer}/weight`)}
            onChange={(weight) => onChange({ ...target, weight: `${weight}` })}
          />
        )}
      </div>
      <p className={classes.cardPrice}>
        <TargetPrice provider={target.provider} model={target.model} />
      </p>
      <TargetOptions
        value={target.rest}
        pointer={pointer}
        error={error}
        onChange={(rest) => onChange({ ...target, rest })}
      />
    </div>
  );
}

/** The models that the catalogue knows of a provider and whose names have all the words that are typed. */
function useSuggestions({ provider, model }: TargetFields, stored: ReturnType<typeof providersOf>): string[] {
  const known = useCatalogProviders();
  const found = stored.find(({ name }) => name === provider);
  const id = found ? catalogIdOf(found) : provider;
  const listed = known.data?.items.some((entry) => entry.id === id) ?? false;
  const models = useCatalogModels({ off: !listed });
  const has = finder(model);
  const some = models.data?.items.filter((each) => each.provider === id && has(each.id)) ?? [];
  return ordered(some, 'usual', new Map()).map((each) => each.id);
}

function TargetPrice({ provider, model }: { provider: string; model: string }) {
  const [name] = useDebouncedValue(provider && model.trim() ? `${provider}/${model.trim()}` : '', 300);
  const meaning = useMeaning(name);
  if (!name) return '\u00a0';
  if (meaning.error) return unknownName(meaning.error.message);
  if (!meaning.data) return '\u00a0';
  const price = priceInWords(meaning.data.targets.map((target) => target.price));
  return (
    price ??
    'Nobody knows the price of this model, so calls of it are refused. A price can be set at the provider.'
  );
}
