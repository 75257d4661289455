import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './CodeBlock.module.css';

/** One language of a code block. */
export interface Snippet {
  label: string;
  code: string;
}

/** Code to read and copy: one `code`, or `snippets` among which one chooses, such as curl and Python. */
export function CodeBlock(props: { code?: string; snippets?: Snippet[]; label?: string }) {
  const snippets = props.snippets ?? [{ label: props.label ?? '', code: props.code ?? '' }];
  const [chosen, choose] = useState(0);
  const shown = snippets[chosen] ?? snippets[0];
  const code = shown?.code ?? '';
  return (
    <div className={classes.block}>
      {(snippets.length > 1 || props.label) && (
        <div className={classes.head}>
          {snippets.map(({ label }, index) => (
            <button
              key={label}
              type="button"
              className={classes.language}
              aria-pressed={index === chosen}
              disabled={snippets.length === 1}
              onClick={() => choose(index)}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <pre className={classes.code} tabIndex={0} aria-label={shown?.label || 'Code'} role="region">
        <code>{code}</code>
      </pre>
      <CopyButton value={code} timeout={1500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'}>
            <ActionIcon className={classes.copy} size="sm" onClick={copy} aria-label="Copy the code">
              {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
