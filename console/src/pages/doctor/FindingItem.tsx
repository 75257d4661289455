import { Button } from '@mantine/core';
import { IconTool } from '@tabler/icons-react';
import { CodeBlock } from '@/parts/CodeBlock';
import { Facts } from '@/parts/Facts';
import { Prose } from '@/parts/schema/Prose';
import { Tag } from '@/parts/Tag';
import classes from './doctor.module.css';
import type { Finding } from './queries';
import { TONES } from './words';

/** One finding: what is wrong, what to do, and, folded, what it was seen by. */
export function FindingItem(props: { id: string; finding: Finding; mending: boolean; mend: () => void }) {
  const { id, finding } = props;
  const seen = finding.evidence ?? [];
  return (
    <li className={classes.finding}>
      <div className={classes.what}>
        <Tag tone={TONES[finding.severity]}>{finding.severity}</Tag>
        <div>
          <strong>{finding.subject}</strong> <span>{finding.detail}</span>
        </div>
        {finding.fixable && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTool size={14} />}
            loading={props.mending}
            onClick={props.mend}
          >
            Fix
          </Button>
        )}
      </div>
      <p className={classes.fix}>
        <span>What to do:</span> <Prose text={finding.fix} />
      </p>
      <details className={classes.more}>
        <summary>Evidence</summary>
        <Facts facts={[['Check', id], ...seen.map(({ name, value }): [string, string] => [name, value])]} />
        {finding.command && <CodeBlock code={finding.command} label="Command" />}
      </details>
    </li>
  );
}
