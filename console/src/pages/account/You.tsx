import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useSession } from '@/api/session';
import { Facts } from '@/parts/Facts';
import { Panel } from '@/parts/Panel';
import { mayOf } from '@/parts/roles';
import { When } from '@/parts/When';
import classes from './account.module.css';
import { RIGHTS } from './rights';

/** Who I am, and what I may do. */
export function You() {
  const { person, permissions, expires } = useSession();
  const has = (permission: string) => permissions.includes(permission);
  return (
    <Panel title="You">
      <Facts
        facts={[
          ['Name', person.name],
          [
            'Role',
            <>
              {person.role} <span className={classes.soft}>· {mayOf(person.role)}</span>
            </>,
          ],
          ['Signed in until', expires ? <When key="until" at={expires} absolute /> : undefined],
        ]}
      />
      <h3 className={classes.heading}>What you may do</h3>
      <ul className={classes.rights}>
        {RIGHTS.map(([permission, words]) => (
          <li key={permission} data-has={has(permission) || undefined}>
            {has(permission) ? (
              <IconCheck size={14} stroke={2} className={classes.icon} />
            ) : (
              <IconMinus size={14} className={classes.icon} />
            )}
            <span className={classes.spoken}>{has(permission) ? 'May: ' : 'May not: '}</span>
            {words}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
