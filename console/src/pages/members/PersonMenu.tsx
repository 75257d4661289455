import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconDots, IconKey, IconUserMinus } from '@tabler/icons-react';
import { ROLES, type Role } from '@/parts/roles';
import type { Person } from './queries';

/** What an owner may do about a person. */
export type Deed = { what: 'role'; role: Role } | { what: 'reset' } | { what: 'away' };

/** What can be done about a person. The only owner stays one. */
export function PersonMenu(props: { person: Person; onlyOwner: boolean; onChoose: (deed: Deed) => void }) {
  const { person, onlyOwner, onChoose } = props;
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <ActionIcon size="sm" aria-label={`What to do about ${person.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{onlyOwner ? 'Role: the only owner stays one' : 'Role'}</Menu.Label>
        {ROLES.map(({ role }) => (
          <Menu.Item
            key={role}
            disabled={onlyOwner && role !== 'owner'}
            rightSection={role === person.role && <IconCheck size={14} aria-label="as it is" />}
            onClick={() => role !== person.role && onChoose({ what: 'role', role })}
          >
            {role}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKey size={15} />} onClick={() => onChoose({ what: 'reset' })}>
          Link for a new password
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconUserMinus size={15} />}
          disabled={onlyOwner}
          onClick={() => onChoose({ what: 'away' })}
        >
          Send away…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
