import { Input, Radio, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { apply, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { listed } from '@/parts/listed';
import { MoneyInput } from '@/parts/MoneyInput';
import { useTeam } from '@/search';
import { blocked, EMPTY, type Fields, fieldsOf, firstScope, proposedName, specOf, WINDOWS } from './form';
import { type Budget, putBudget, refresh } from './queries';
import { ScopeFields } from './ScopeFields';

const ANSWERS = [
  { value: '429', label: '429: wait', text: 'Callers may try again when the budget begins anew.' },
  { value: '402', label: '402: pay', text: 'Somebody can pay or raise the limit now.' },
  { value: '403', label: '403: stop', text: 'It is meant as a prohibition.' },
];

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** Creates a budget, or changes the one that is given. */
export function BudgetForm(props: { opened: boolean; onClose: () => void; budget?: Budget }) {
  return props.opened ? <Form {...props} /> : null;
}

function Form({ onClose, budget }: { onClose: () => void; budget?: Budget }) {
  const team = useTeam();
  const [fields, setFields] = useState<Fields>(
    budget ? fieldsOf(budget.name, budget.spec) : { ...EMPTY, scope: firstScope(team) },
  );
  const set = (changes: Partial<Fields>) => setFields({ ...fields, ...changes });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const name = fields.name.trim() || proposedName(fields);
  const spec = specOf(fields);
  const work = useMutation({
    mutationFn: () => putBudget(name, spec, budget?.revision),
    onSuccess: async () => {
      await refresh(queries);
      if (budget) onClose();
      else void navigate({ to: '/budgets', search: { open: name } });
    },
  });
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={budget ? `Edit ${budget.name}` : 'Create a budget'}
      lead={
        budget
          ? 'A change holds at once, and what was spent in the open window still counts.'
          : 'It holds at once; a call that may cost more than what is left is refused before it costs anything.'
      }
      submit={budget ? 'Save' : 'Create the budget'}
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      blocked={blocked(fields)}
      equivalents={[
        apply([{ kind: 'Budget', name, spec: { ...spec } }]),
        curl('PUT', `/resources/Budget/${encodeURIComponent(name)}`, { spec }),
      ]}
    >
      <ScopeFields scope={fields.scope} onChange={(scope) => set({ scope })} />
      <MoneyInput label="Limit" value={fields.limit} onChange={(limit) => set({ limit })} autoFocus />
      <Input.Wrapper
        label="Window"
        labelElement="div"
        description="By the calendar of the time zone; then it begins anew."
      >
        <SegmentedControl
          fullWidth
          aria-label="Window"
          data={WINDOWS.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }))}
          value={fields.window}
          onChange={(value) => set({ window: WINDOWS.find((known) => known === value) ?? 'month' })}
        />
      </Input.Wrapper>
      <Select
        {...listed}
        label="Time zone"
        data={ZONES}
        value={fields.zone}
        onChange={(zone) => set({ zone: zone ?? 'UTC' })}
        searchable
        limit={60}
        nothingFoundMessage="No such time zone"
      />
      <Radio.Group
        label="When it is used up"
        value={`${fields.exhausted}`}
        onChange={(value) => set({ exhausted: Number(value) })}
      >
        <Stack gap={10} mt={6}>
          {ANSWERS.map(({ value, label, text }) => (
            <Radio key={value} value={value} label={label} description={text} />
          ))}
        </Stack>
      </Radio.Group>
      {!budget && (
        <TextInput
          label="Name"
          description="Left empty, it is called as shown."
          placeholder={proposedName(fields)}
          value={fields.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          autoComplete="off"
        />
      )}
    </FormDrawer>
  );
}
