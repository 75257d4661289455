import { PageHeader } from '@/parts/PageHeader';
import classes from './account.module.css';
import { ChangePassword } from './ChangePassword';
import { Places } from './Places';
import { You } from './You';

/** What belongs to whoever is signed in: their rights, their password, their sessions. */
export default function Page() {
  return (
    <>
      <PageHeader title="Account" lead="You, your password, and where you are signed in." />
      <div className={classes.page}>
        <You />
        <ChangePassword />
        <div className={classes.whole}>
          <Places />
        </div>
      </div>
    </>
  );
}
