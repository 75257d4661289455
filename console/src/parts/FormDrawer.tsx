import { Button, Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { CodeBlock, type Snippet } from './CodeBlock';
import { ErrorState } from './ErrorState';
import classes from './SideDrawer.module.css';
import { useTopEscape } from './useTopEscape';

/**
 * A form at the side of the page: fields, what went wrong, the same change as a command, and a button that stays
 * in sight. The page owns the values; `busy` and `error` come from its mutation.
 */
export function FormDrawer(props: {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** One sentence below the title. */
  lead?: ReactNode;
  children: ReactNode;
  /** What the button says: "Create the key". */
  submit: string;
  onSubmit: () => void;
  busy?: boolean;
  error?: unknown;
  /** Why it cannot be sent yet. */
  blocked?: string;
  /** The same change by command line and API, as it stands now. */
  equivalents?: Snippet[];
}) {
  const root = useTopEscape(props.opened, props.onClose);
  return (
    <Drawer
      ref={root}
      opened={props.opened}
      onClose={props.onClose}
      closeOnEscape={false}
      title={props.title}
      classNames={classes}
      padding={0}
    >
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!props.busy && !props.blocked) props.onSubmit();
        }}
      >
        <div ref={focusFirstField} className={classes.fields}>
          {props.lead && <p className={classes.lead}>{props.lead}</p>}
          {props.children}
          {props.equivalents && (
            <details className={classes.details}>
              <summary>The same by command or API</summary>
              <CodeBlock snippets={props.equivalents} />
            </details>
          )}
        </div>
        <div className={classes.foot}>
          {Boolean(props.error) && <ErrorState error={props.error} compact />}
          <div className={classes.buttons}>
            {props.blocked && <span className={classes.blocked}>{props.blocked}</span>}
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={props.busy} disabled={Boolean(props.blocked)}>
              {props.submit}
            </Button>
          </div>
        </div>
      </form>
    </Drawer>
  );
}

/** Marks the first field as the one that gets the focus when the drawer opens, unless the page has marked one. */
function focusFirstField(fields: HTMLDivElement | null) {
  if (fields?.querySelector('[data-autofocus]')) return;
  const field = fields?.querySelector('input:not([type="radio"], [type="hidden"]), textarea');
  field?.setAttribute('data-autofocus', 'true');
}
