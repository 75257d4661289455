import { Button, Select, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useResources } from '@/api/queries';
import { createResource, replaceResource } from '@/api/resources';
import { ErrorState } from '@/parts/ErrorState';
import { apply, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { faultAt } from '@/parts/faults';
import { Lines } from '@/parts/Loading';
import { SideDrawer } from '@/parts/SideDrawer';
import { useChangeParams } from '@/search';
import {
  blocked,
  type Fields,
  fieldsOf,
  moved,
  newFields,
  type Spec,
  STRATEGIES,
  specOf,
  weighs,
  withStrategy,
  withTarget,
} from './form';
import classes from './models.module.css';
import { Options } from './Options';
import { TargetCard } from './TargetCard';

/** Makes a model, or changes the one that `edit` names. */
export function ModelForm({ edit, first }: { edit?: string; first?: string }) {
  const change = useChangeParams();
  const models = useResources('Model');
  const close = () => change({ edit: undefined, new: undefined });
  if (edit === undefined) return <Form start={newFields(first ?? '/')} onClose={close} />;
  const found = models.data?.items.find(({ name }) => name === edit);
  if (found) {
    return <Form start={fieldsOf(edit, found.spec as Spec)} seen={found} onClose={close} />;
  }
  return (
    <SideDrawer opened onClose={close} title={`Edit ${edit}`}>
      {models.error && <ErrorState error={models.error} retry={() => void models.refetch()} />}
      {models.isPending && <Lines />}
      {models.data && <p className={classes.lead}>There is no model called {edit}.</p>}
    </SideDrawer>
  );
}

/** `seen` is the model as the form found it: what somebody else makes of it meanwhile is not overwritten. */
function Form(props: { start: Fields; seen?: Schemas['Resource']; onClose: () => void }) {
  const { onClose } = props;
  const [seen] = useState(props.seen);
  const [fields, setFields] = useState(props.start);
  const set = (changes: Partial<Fields>) => setFields({ ...fields, ...changes });
  const queries = useQueryClient();
  const change = useChangeParams();
  const providers = useResources('Provider');
  const name = fields.name.trim();
  const spec = specOf(fields);
  const work = useMutation({
    mutationFn: () => (seen ? replaceResource(seen, spec) : createResource('Model', name, spec)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['config'] });
      change({ edit: undefined, new: undefined, open: name, tab: undefined });
    },
  });
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={seen ? `Edit ${seen.name}` : 'Create a model'}
      lead={
        seen
          ? 'A change holds for the next call.'
          : 'Callers ask for its name; who answers is yours to change.'
      }
      submit={seen ? 'Save' : 'Create the model'}
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      blocked={blocked(fields)}
      equivalents={[
        apply([{ kind: 'Model', name: name || 'NAME', spec: { ...spec } }]),
        curl('PUT', `/resources/Model/${encodeURIComponent(name || 'NAME')}`, { spec }, [
          seen ? `If-Match: \\"${seen.revision}\\"` : 'If-None-Match: *',
        ]),
      ]}
    >
      {!seen && (
        <TextInput
          label="Name"
          description="What callers write as the model, such as smart."
          value={fields.name}
          error={faultAt(work.error, '#/name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      )}
      <Select
        label="Strategy"
        description={STRATEGIES.find(({ value }) => value === fields.strategy)?.says}
        data={STRATEGIES}
        allowDeselect={false}
        value={fields.strategy}
        error={faultAt(work.error, '#/spec/strategy')}
        onChange={(value) => value && setFields(withStrategy(fields, value))}
      />
      <fieldset className={classes.targetFields}>
        <legend>Targets</legend>
        {fields.targets.map((target, place) => (
          <TargetCard
            key={target.id}
            target={target}
            place={place}
            last={place === fields.targets.length - 1}
            weighted={weighs(fields.strategy)}
            providers={providers.data?.items ?? []}
            error={work.error}
            onChange={(after) => set({ targets: fields.targets.with(place, after) })}
            onMove={(by) => setFields(moved(fields, place, by))}
            onRemove={
              fields.targets.length > 1
                ? () => set({ targets: fields.targets.toSpliced(place, 1) })
                : undefined
            }
          />
        ))}
        <Button
          variant="default"
          size="xs"
          className={classes.add}
          leftSection={<IconPlus size={13} />}
          onClick={() => setFields(withTarget(fields))}
        >
          Add a target
        </Button>
      </fieldset>
      <Options
        value={fields.rest}
        providers={providers.data?.items ?? []}
        hashes={fields.strategy === 'consistent-hash'}
        error={work.error}
        onChange={(rest) => set({ rest })}
      />
    </FormDrawer>
  );
}
