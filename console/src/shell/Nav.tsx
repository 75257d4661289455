import { CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Mark } from './Mark';
import classes from './Nav.module.css';
import { groups, type NavGroup, useNav } from './nav';

/** The navigation by job, as far as it is of use to whoever is signed in. */
export function Nav(props: { onClose?: () => void }) {
  return <Pages groups={useNav()} {...props} />;
}

/** The navigation while it is not known yet who is signed in. */
export function PendingNav() {
  return <Pages groups={groups} />;
}

/** `onClose` closes the drawer in which it stands: by its button, and when a link was followed. */
function Pages(props: { groups: NavGroup[]; onClose?: () => void }) {
  const { onClose } = props;
  return (
    <nav className={classes.nav} aria-label="Pages">
      <div className={classes.head}>
        <Link to="/" className={classes.brand} onClick={onClose} activeProps={{}}>
          <Mark />
          Tollgate
        </Link>
        {onClose && <CloseButton aria-label="Close" onClick={onClose} />}
      </div>
      {props.groups.map(({ label, pages }) => (
        <div key={label ?? 'first'} className={classes.group}>
          {label && <div className={classes.label}>{label}</div>}
          {pages.map(({ to, label: name, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              className={classes.link}
              activeProps={{ 'aria-current': 'page' }}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              onClick={onClose}
            >
              <Icon size={16} stroke={1.7} aria-hidden="true" />
              {name}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}
