import { Autocomplete, Input, SegmentedControl, Select } from '@mantine/core';
import { useResources } from '@/api/queries';
import { ModelSelect } from '@/pages/playground/ModelSelect';
import { listed } from '@/parts/listed';
import { useAllKeys } from './queries';
import { SCOPES, type ScopeParts } from './scope';

const LABELS: Record<ScopeParts['kind'], string> = {
  organization: 'Everything',
  team: 'Team',
  application: 'Application',
  key: 'Key',
  model: 'Model',
};

const TEXTS: Record<ScopeParts['kind'], string> = {
  organization: 'All calls that go through the gateway.',
  team: 'The calls of all applications of a team.',
  application: 'The calls with all keys of an application.',
  key: 'The calls with one key.',
  model: 'All calls that ask for this name, whoever makes them.',
};

/** Chooses whose spending a budget limits. */
export function ScopeFields({
  scope,
  onChange,
}: {
  scope: ScopeParts;
  onChange: (scope: ScopeParts) => void;
}) {
  const names = useNames(scope.kind);
  const choose = (name: string | null) => onChange({ ...scope, name: name ?? '' });
  const field = {
    label: LABELS[scope.kind],
    data: names,
    value: scope.name,
    onChange: choose,
    limit: 60,
    ...listed,
  };
  return (
    <>
      <Input.Wrapper label="Limits" labelElement="div" description={TEXTS[scope.kind]}>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="What it limits"
          data={SCOPES.map((value) => ({ value, label: LABELS[value] }))}
          value={scope.kind}
          onChange={(value) => onChange({ kind: SCOPES.find((kind) => kind === value) ?? 'team', name: '' })}
        />
      </Input.Wrapper>
      {(scope.kind === 'team' || scope.kind === 'application') && (
        <Select
          {...field}
          value={scope.name || null}
          searchable
          nothingFoundMessage={`No such ${scope.kind}`}
        />
      )}
      {scope.kind === 'key' && <Autocomplete {...field} />}
      {scope.kind === 'model' && <ModelSelect label={LABELS.model} value={scope.name} onChange={choose} />}
    </>
  );
}

/** The names that a scope of this kind can have; models have a field of their own. */
function useNames(kind: ScopeParts['kind']): string[] {
  const teams = useResources('Team');
  const applications = useResources('Application');
  const keys = useAllKeys(kind === 'key');
  if (kind === 'team') return teams.data?.items.map(({ name }) => name) ?? [];
  if (kind === 'application') return applications.data?.items.map(({ name }) => name) ?? [];
  return keys.data?.items.map(({ name }) => name) ?? [];
}
