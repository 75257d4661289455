import type { ReactNode } from 'react';
import { Prose } from './Prose';
import { type JsonSchema, labelOf } from './schema';
import classes from './schema.module.css';

/** Fields that belong together, with what they are and what is wrong with them as a whole. */
export function Group(props: {
  name: string;
  schema: JsonSchema;
  required?: boolean;
  fault?: string;
  /** Beside the name: a button. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>
        {labelOf(props.name, props.schema)}
        {props.required && (
          <span className={classes.required} aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </legend>
      {props.schema.description && (
        <p className={classes.help}>
          <Prose text={props.schema.description} />
        </p>
      )}
      {props.fault && (
        <p className={classes.fault} role="alert">
          {props.fault}
        </p>
      )}
      {props.children}
      {props.aside}
    </fieldset>
  );
}
