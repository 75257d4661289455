import { Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTeams } from '@/api/queries';
import { replaceResource } from '@/api/resources';
import { apply, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { listed } from '@/parts/listed';
import type { Application } from './queries';

/** Changes how people call an application, and which team it belongs to. */
export function EditApplication(props: { application: Application; opened: boolean; onClose: () => void }) {
  return props.opened ? <Form {...props} /> : null;
}

function Form({ application, onClose }: { application: Application; onClose: () => void }) {
  const { name, revision } = application;
  const [title, setTitle] = useState(application.title === name ? '' : application.title);
  const [team, setTeam] = useState(application.team);
  const teams = useTeams();
  const queries = useQueryClient();
  const spec = { team, ...(title.trim() && { title: title.trim() }) };
  const work = useMutation({
    mutationFn: () => replaceResource({ kind: 'Application', name, revision }, spec),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['config'] });
      onClose();
    },
  });
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={`Edit ${name}`}
      submit="Save"
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      equivalents={[
        apply([{ kind: 'Application', name, spec }]),
        curl('PUT', `/resources/Application/${encodeURIComponent(name)}`, { spec }),
      ]}
    >
      <TextInput
        label="Title"
        description="What people see; the name where it is left empty."
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      <Select
        {...listed}
        label="Team"
        description={
          team === application.team
            ? 'It owns the application and pays for its calls.'
            : `From now on ${team} pays for its calls. What they cost before stays with ${application.team}.`
        }
        data={teams.data?.items.map((each) => each.name) ?? [application.team]}
        value={team}
        onChange={(chosen) => setTeam(chosen ?? application.team)}
        searchable
        nothingFoundMessage="No such team"
      />
    </FormDrawer>
  );
}
