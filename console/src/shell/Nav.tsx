import { Link } from '@tanstack/react-router';
import { Mark } from './Mark';
import classes from './Nav.module.css';
import { groups } from './nav';

/** The navigation by job. `onGo` is called when a link was followed, so that a drawer can close. */
export function Nav({ onGo }: { onGo?: () => void }) {
  return (
    <nav className={classes.nav} aria-label="Pages">
      <Link to="/" className={classes.brand} onClick={onGo} activeProps={{}}>
        <Mark />
        Tollgate
      </Link>
      {groups.map(({ label, pages }) => (
        <div key={label ?? 'first'} className={classes.group}>
          {label && <div className={classes.label}>{label}</div>}
          {pages.map(({ to, label: name, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              className={classes.link}
              activeProps={{ 'aria-current': 'page' }}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              onClick={onGo}
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
