import { Modal } from '@mantine/core';
import { Fragment } from 'react';
import { KeyHint } from '@/parts/KeyHint';
import { useNav } from './nav';
import classes from './Shortcuts.module.css';

const KEYS: [string, string][] = [
  ['mod+K', 'Search, jump, run a command'],
  ['j', 'Next row'],
  ['k', 'Row before'],
  ['Enter', 'Open the row'],
  ['Escape', 'Close what is open'],
  ['shift+D', 'Light or dark colours'],
  ['?', 'This list'],
];

/** All keys that do something. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const pages = useNav().flatMap((group) => group.pages);
  return (
    <Modal opened onClose={onClose} title="Keys" size={620}>
      <div className={classes.columns}>
        <dl className={classes.keys}>
          {KEYS.map(([keys, what]) => (
            <Fragment key={keys}>
              <dt>{what}</dt>
              <dd>
                <KeyHint keys={keys} />
              </dd>
            </Fragment>
          ))}
        </dl>
        <dl className={classes.keys}>
          {pages.map(({ key, label }) => (
            <Fragment key={key}>
              <dt>{label}</dt>
              <dd>
                <KeyHint keys={`g ${key}`} />
              </dd>
            </Fragment>
          ))}
        </dl>
      </div>
    </Modal>
  );
}
