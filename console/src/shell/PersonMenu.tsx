import { Menu, UnstyledButton } from '@mantine/core';
import { IconDevices, IconLogout, IconUserCog } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSession } from '@/api/session';
import classes from './PersonMenu.module.css';
import { useSignOut } from './useSignOut';

/** Who is signed in, and what belongs to them. */
export function PersonMenu() {
  const { person } = useSession();
  const signOut = useSignOut();
  return (
    <Menu width={230} position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={classes.person} aria-label={`${person.name}, ${person.role}`}>
          {person.name.slice(0, 1).toUpperCase()}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.head}>
          <div className={classes.name}>{person.name}</div>
          <div className={classes.role}>{person.role}</div>
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCog size={15} />}>
          Account & password
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => signOut('here')}>
          Sign out
        </Menu.Item>
        <Menu.Item leftSection={<IconDevices size={15} />} onClick={() => signOut('everywhere')}>
          Sign out everywhere
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
