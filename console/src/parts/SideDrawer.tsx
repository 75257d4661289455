import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './SideDrawer.module.css';
import { useTopEscape } from './useTopEscape';

/** What belongs to a row, at the side of its table. `link` leads to the full page, where there is one. */
export function SideDrawer(props: {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  link?: ReactNode;
  /** For what needs more room, such as a chart. */
  wide?: boolean;
  children: ReactNode;
}) {
  const root = useTopEscape(props.opened, props.onClose);
  return (
    <Drawer
      ref={root}
      opened={props.opened}
      onClose={props.onClose}
      closeOnEscape={false}
      title={props.title}
      size={props.wide ? 720 : undefined}
      classNames={classes}
      padding={0}
    >
      <div className={classes.fields}>
        {props.children}
        {props.link}
      </div>
    </Drawer>
  );
}
