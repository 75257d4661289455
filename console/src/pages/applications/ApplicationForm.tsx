import { Input, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useTeams } from '@/api/queries';
import { apply, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { faultAt } from '@/parts/faults';
import { listed } from '@/parts/listed';
import { useTeam } from '@/search';
import { createAll } from './changes';

type Billing = Schemas['Billing'];

/** Stands for a team that is made together with its application; no name can begin with a plus. */
const NEW = '+';

/** Creates an application of a team, and the team too where there is none yet; then goes on to its first key. */
export function ApplicationForm(props: { opened: boolean; onClose: () => void }) {
  return props.opened ? <Form {...props} /> : null;
}

function Form({ onClose }: { onClose: () => void }) {
  const scope = useTeam();
  const teams = useTeams();
  const [fields, setFields] = useState({ name: '', title: '', newTeam: '', billing: 'internal' as Billing });
  const [chosen, choose] = useState(scope);
  const set = (changes: Partial<typeof fields>) => setFields({ ...fields, ...changes });
  const queries = useQueryClient();
  const navigate = useNavigate();

  const name = fields.name.trim();
  const known = teams.data?.items.map((team) => team.name) ?? [];
  const picked =
    chosen ?? (known.length === 1 ? known[0] : teams.data && known.length === 0 ? NEW : undefined);
  const team = picked === NEW ? fields.newTeam.trim() : picked;
  const documents = documentsOf({
    ...fields,
    name,
    title: fields.title.trim(),
    team: team ?? '',
    isNew: picked === NEW,
  });
  const work = useMutation({
    mutationFn: () => createAll(documents),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['config'] });
      void navigate({ to: '/applications', search: { open: name, new: 'key' } });
    },
  });
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title="Create an application"
      submit="Create, and go on to its key"
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      blocked={!name ? 'Say how it is called.' : team ? undefined : 'Say whose it is.'}
      equivalents={[apply(documents), curl('POST', '/apply', { documents })]}
    >
      <TextInput
        label="Name"
        description="Letters, digits and . _ - : @. It stands in logs and bills, and stays."
        error={faultAt(work.error, `#/documents/${documents.length - 1}/name`)}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        placeholder="web-shop"
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <TextInput
        label="Title"
        description="What people see; the name where it is left empty."
        value={fields.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
        autoComplete="off"
      />
      <Select
        {...listed}
        label="Team"
        description="It owns the application and pays for its calls."
        data={[{ value: NEW, label: 'Make a new team' }, ...known]}
        value={picked ?? null}
        onChange={(value) => choose(value ?? undefined)}
        searchable
      />
      {picked === NEW && (
        <>
          <TextInput
            label="Name of the team"
            error={faultAt(work.error, '#/documents/0/name')}
            value={fields.newTeam}
            onChange={(event) => set({ newTeam: event.currentTarget.value })}
            placeholder="acme"
            autoComplete="off"
            spellCheck={false}
          />
          <BillingChoice value={fields.billing} onChange={(billing) => set({ billing })} />
        </>
      )}
    </FormDrawer>
  );
}

function BillingChoice({ value, onChange }: { value: Billing; onChange: (billing: Billing) => void }) {
  return (
    <Input.Wrapper
      label="Billing"
      labelElement="div"
      description={
        value === 'prepaid'
          ? 'Every call is paid from the team’s wallet, and none is made that it does not cover. Credit it first.'
          : 'Costs are recorded, and limited by budgets only.'
      }
    >
      <SegmentedControl
        fullWidth
        aria-label="How the team pays"
        data={[
          { value: 'internal', label: 'Internal' },
          { value: 'prepaid', label: 'Prepaid' },
        ]}
        value={value}
        onChange={(billing) => onChange(billing === 'prepaid' ? billing : 'internal')}
      />
    </Input.Wrapper>
  );
}

function documentsOf(wanted: {
  name: string;
  title: string;
  team: string;
  isNew: boolean;
  billing: Billing;
}): { kind: Schemas['Kind']; name: string; spec: Record<string, unknown> }[] {
  const { name, title, team, isNew, billing } = wanted;
  const application = { kind: 'Application' as const, name, spec: { team, ...(title && { title }) } };
  return isNew ? [{ kind: 'Team', name: team, spec: { billing } }, application] : [application];
}
