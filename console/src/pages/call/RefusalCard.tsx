import type { ReactNode } from 'react';
import type { Schemas } from '@/api/client';
import { useReasons } from '@/api/queries';
import { count, dateTime, span } from '@/format';
import { Facts } from '@/parts/Facts';
import { LinkButton } from '@/parts/LinkButton';
import { Money } from '@/parts/Money';
import { Prose } from '@/parts/schema/Prose';
import classes from './call.module.css';
import { RuleLink } from './links';
import { remedyOf } from './remedy';
import type { Told } from './useCall';
import { WHO } from './words';

/** Why a call was refused or failed: what happened, the rule, the numbers, and how to get a yes. */
export function RefusalCard({ record, story }: Told) {
  const { data: reasons } = useReasons();
  const { refusal } = story;
  if (!refusal) return null;
  const failed = refusal.status >= 500;
  const { param, retry_after: wait, code } = record.refusal ?? {};
  const who = reasons?.get(refusal.reason)?.who;
  const remedy = remedyOf({ record });
  const facts: [string, ReactNode][] = [
    ['Rule', refusal.rule ? <RuleLink key="rule" rule={refusal.rule} /> : undefined],
    ['Where', param ? <code key="param">{param}</code> : undefined],
    ['Provider’s code', code ? <code key="code">{code}</code> : undefined],
    ['Retry', wait ? `may succeed after ${span(wait)}` : undefined],
    ['Who can act', who ? WHO[who] : undefined],
  ];
  return (
    <section className={classes.refusal} data-bad={failed || undefined} aria-labelledby="why">
      <h2 id="why" className={classes.why}>
        Why it {failed ? 'failed' : 'was refused'}
      </h2>
      <p className={classes.title}>
        {refusal.title}
        <code className={classes.code}>
          {refusal.status} {refusal.reason}
        </code>
      </p>
      <p className={classes.detail}>
        <Prose text={refusal.detail} />
      </p>
      {refusal.shortage && <Shortage {...refusal.shortage} />}
      {facts.some(([, value]) => value) && <Facts facts={facts} />}
      <p className={classes.fix}>
        <b>What to do:</b> <Prose text={refusal.fix} />
      </p>
      <div className={classes.ways}>
        {remedy && (
          <LinkButton size="xs" variant="default" {...remedy.link}>
            {remedy.label}
          </LinkButton>
        )}
        <a href={refusal.link} target="_blank" rel="noreferrer">
          All about this reason
        </a>
      </div>
    </section>
  );
}

function Shortage(short: Schemas['Shortage']) {
  const { scope, needed, available, affordable_max_tokens: fits, resets_at: resets } = short;
  return (
    <dl className={classes.shortage}>
      <Figure name="The call could cost up to">
        <Money amount={needed} />
      </Figure>
      <Figure name={`Left in ${scope}`}>
        <Money amount={available} />
      </Figure>
      {typeof fits === 'number' && <Figure name="max_tokens that would fit">{count(fits)}</Figure>}
      {typeof resets === 'number' && (
        <Figure name="Begins anew">
          {dateTime(new Date(resets / 1000).toISOString()).replace(/:\d\d$/, '')}
        </Figure>
      )}
    </dl>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
