import type { ReactNode } from 'react';
import { useHelp, useLabel } from './context';
import { Prose } from './Prose';
import type { JsonSchema } from './schema';
import classes from './schema.module.css';

/** Fields that belong together, with what they are and what is wrong with them as a whole. */
export function Group(props: {
  name: string;
  pointer: string;
  schema: JsonSchema;
  required?: boolean;
  fault?: string;
  /** Beside the name: a button. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  const help = useHelp(props.pointer, props.schema);
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>
        {useLabel(props.pointer, props.name, props.schema)}
        {props.required && (
          <span className={classes.required} aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </legend>
      {help && (
        <p className={classes.help}>
          <Prose text={help} />
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
