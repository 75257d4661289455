import { Input, SegmentedControl, Select, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useCallable } from '@/pages/models/queries';
import { command, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { listed } from '@/parts/listed';
import { useTeam } from '@/search';
import { createKey } from './changes';
import { blocked, bodyOf, type Fields, LIVES, modelChoices } from './keyForm';
import { useApplications } from './queries';

/** How many models are offered at once. */
const OFFERED = 60;

/** The form of a key. `onMade` gets the key, this once. */
export function KeyForm(props: {
  onClose: () => void;
  onMade: (made: Schemas['CreatedKey']) => void;
  /** Chosen in the form where it is left out. */
  application?: string;
}) {
  const [fields, setFields] = useState<Fields>({
    application: props.application ?? '',
    name: '',
    life: 'never',
    until: '',
    models: [],
  });
  const set = (changes: Partial<Fields>) => setFields({ ...fields, ...changes });
  const queries = useQueryClient();
  const body = bodyOf(fields);
  const work = useMutation({
    mutationFn: () => createKey(body),
    // The answer holds the key: it must not stay in the memory of the queries.
    gcTime: 0,
    onSuccess: (made) => {
      props.onMade(made);
      void queries.invalidateQueries({ queryKey: ['config'] });
    },
  });
  return (
    <FormDrawer
      opened
      onClose={props.onClose}
      title="Create a key"
      lead={props.application && `For ${props.application}. The key is shown once, when it is made.`}
      submit="Create the key"
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      blocked={blocked(fields, Date.now())}
      equivalents={[commandOf(body), curl('POST', '/keys', body)]}
    >
      {props.application === undefined && (
        <ApplicationSelect value={fields.application} onChange={(application) => set({ application })} />
      )}
      <TextInput
        label="Name"
        description="Left empty, it is made from the application’s name."
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <Input.Wrapper label="Expires" labelElement="div">
        <SegmentedControl
          fullWidth
          aria-label="When it expires"
          data={LIVES.map(({ value, label }) => ({ value, label }))}
          value={fields.life}
          onChange={(life) => set({ life: LIVES.find(({ value }) => value === life)?.value ?? 'never' })}
        />
      </Input.Wrapper>
      {fields.life === 'until' && (
        <TextInput
          type="date"
          label="Last day"
          value={fields.until}
          onChange={(event) => set({ until: event.currentTarget.value })}
        />
      )}
      <ModelsField value={fields.models} onChange={(models) => set({ models })} />
    </FormDrawer>
  );
}

function ApplicationSelect({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const { applications } = useApplications();
  const team = useTeam();
  const names = applications?.filter((each) => !team || each.team === team).map(({ name }) => name) ?? [];
  return (
    <Select
      {...listed}
      label="Application"
      description="It calls with the key; its team pays."
      data={names}
      value={value || null}
      onChange={(name) => onChange(name ?? '')}
      searchable
      nothingFoundMessage="No such application"
    />
  );
}

function ModelsField({ value, onChange }: { value: string[]; onChange: (models: string[]) => void }) {
  const [text, type] = useState('');
  const [asked] = useDebouncedValue(text.trim().replace(/\*$/, ''), 120);
  const names = useCallable(asked, { limit: OFFERED });
  return (
    <TagsInput
      {...listed}
      label="Models"
      description="Left empty, it may ask for all. A name that ends in * stands for all that begin so."
      placeholder={value.length === 0 ? 'All models' : undefined}
      data={modelChoices(names.data?.items.map(({ name }) => name) ?? [])}
      value={value}
      onChange={onChange}
      searchValue={text}
      onSearchChange={type}
      limit={OFFERED}
      splitChars={[',', ' ']}
      acceptValueOnBlur
      clearable
    />
  );
}

function commandOf(body: Schemas['KeyBody']) {
  const expires = body.expires_in ?? body.expires_at ?? undefined;
  return command(
    'key',
    'create',
    '--application',
    body.application || 'APPLICATION',
    ...(body.name ? ['--name', body.name] : []),
    ...(expires ? ['--expires', expires] : []),
    ...(body.models ?? []).flatMap((model) => ['--model', model]),
  );
}
