import { Radio, SegmentedControl, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { command, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { ROLES, type Role } from '@/parts/roles';
import classes from './members.module.css';
import { type Invited, invite } from './queries';

const SPANS = [
  { value: '12h', label: '12 hours' },
  { value: '3d', label: '3 days' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
];

/** Makes a link by which somebody new comes in. */
export function InviteForm(props: { opened: boolean; onClose: () => void; onMade: (made: Invited) => void }) {
  const [role, setRole] = useState<Role>('viewer');
  const [span, setSpan] = useState('3d');
  const work = useMutation({
    mutationFn: () => invite(role, span),
    onSuccess: (made) => {
      props.onClose();
      props.onMade(made);
    },
  });
  return (
    <FormDrawer
      opened={props.opened}
      onClose={() => {
        work.reset();
        props.onClose();
      }}
      title="Invite somebody"
      lead="You get a link to send. Whoever opens it chooses a name and a password, and is in."
      submit="Make the link"
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      equivalents={[
        command('invite', '--role', role, '--expires-in', span),
        curl('POST', '/invitations', { role, expires_in: span }),
      ]}
    >
      <Radio.Group label="Role" value={role} onChange={(value) => setRole(value as Role)}>
        <Stack gap="sm" mt={6}>
          {ROLES.map(({ role: each, may }) => (
            <Radio
              key={each}
              value={each}
              data-autofocus={each === role || undefined}
              label={each}
              description={may}
              classNames={{ label: classes.role }}
            />
          ))}
        </Stack>
      </Radio.Group>
      <div>
        <Text component="span" id="invite-span" className={classes.label}>
          The link works for
        </Text>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-labelledby="invite-span"
          data={SPANS}
          value={span}
          onChange={setSpan}
        />
      </div>
    </FormDrawer>
  );
}
