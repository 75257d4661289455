import { type ReactNode, useEffect } from 'react';
import { Mark } from '@/shell/Mark';
import classes from './signin.module.css';

/** What is around everything that one sees before coming in. `foot` stands below the card. */
export function Frame(props: { title: string; lead?: ReactNode; children: ReactNode; foot?: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Tollgate`;
  }, [props.title]);
  return (
    <main className={classes.page}>
      <div className={classes.brand}>
        <Mark size={34} />
        <span className={classes.name}>Tollgate</span>
        <span className={classes.what}>One door for every model, with a till in it.</span>
      </div>
      <div className={classes.card}>
        <h1 className={classes.title}>{props.title}</h1>
        {props.lead && <div className={classes.lead}>{props.lead}</div>}
        {props.children}
      </div>
      {props.foot && <p className={classes.foot}>{props.foot}</p>}
    </main>
  );
}
