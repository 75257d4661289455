import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Schemas } from '@/api/client';
import { count, counted } from '@/format';
import { resourceLink } from '@/pages/call/links';
import { WHO } from '@/pages/call/words';
import { Facts } from '@/parts/Facts';
import { Lines } from '@/parts/Loading';
import { makerWords } from '@/parts/links';
import { SideDrawer } from '@/parts/SideDrawer';
import { Prose } from '@/parts/schema/Prose';
import { Tag } from '@/parts/Tag';
import { When } from '@/parts/When';
import { Actions } from './Actions';
import classes from './refusals.module.css';
import { CAUSES, rangeOf, ruleWords, STATES, TIMES } from './words';

type Group = Schemas['RefusalGroup'];

/** Everything about one group of refusals, at the side of the table. */
export function GroupDrawer(props: {
  group: Group | undefined;
  opened: boolean;
  loaded: boolean;
  since: string;
  onClose: () => void;
}) {
  const { group, opened, loaded, since, onClose } = props;
  return (
    <SideDrawer opened={opened} onClose={onClose} title={group?.title ?? 'Refusals'} wide>
      {group && <Whole group={group} since={since} />}
      {!group && !loaded && <Lines count={8} />}
      {!group && loaded && (
        <p className={classes.soft}>Nothing of this kind was refused in the time that is shown.</p>
      )}
    </SideDrawer>
  );
}

function Whole({ group, since }: { group: Group; since: string }) {
  const { state, status, reason, told, meaning, fix, short, changes } = group;
  return (
    <>
      <div className={classes.state}>
        <Tag tone={STATES[state].tone}>{STATES[state].word}</Tag>
        <code>
          {status} {reason}
        </code>
        <span className={classes.soft}>{STATES[state].says}</span>
      </div>
      <Part title="What to do">
        <p>
          <Prose text={fix} />
        </p>
        <Actions group={group} />
      </Part>
      {short && (
        <dl className={classes.figures}>
          <Figure name="Calls could cost up to">{rangeOf(short.least_needed, short.most_needed)}</Figure>
          <Figure name="Was available">{rangeOf(short.least_available, short.most_available)}</Figure>
        </dl>
      )}
      <Part title="What it means">
        <p>
          <Prose text={meaning} />
        </p>
        {told && (
          <blockquote className={classes.told}>
            <span className={classes.soft}>The last caller was told:</span> <Prose text={told} />
          </blockquote>
        )}
      </Part>
      <Part title="Whom it hits">
        <Hit group={group} />
      </Part>
      <Part title="What changed">
        {changes.length > 0 ? (
          <ul className={classes.changes}>
            {changes.map((change) => (
              <Change key={change.revision} change={change} />
            ))}
          </ul>
        ) : (
          <p className={classes.soft}>
            Nothing that it has to do with was changed in the week before it began, or since.
          </p>
        )}
      </Part>
      <Part title="Calls to look at">
        <ul className={classes.samples}>
          {group.samples.map((id) => (
            <li key={id}>
              <Link to="/calls/$id" params={{ id }}>
                <code>{id}</code>
              </Link>
            </li>
          ))}
        </ul>
        <Link to="/calls" search={{ reason, application: group.application ?? undefined, since }}>
          All calls of {group.application ?? 'this kind'} that were refused so
        </Link>
      </Part>
    </>
  );
}

function Hit({ group }: { group: Group }) {
  const { rule, team, application, calls, keys, some_keys: names, models, providers } = group;
  const more = keys - names.length;
  return (
    <Facts
      facts={[
        [
          'By',
          rule && (
            <Link key="rule" {...resourceLink(rule.kind, rule.name)}>
              {ruleWords(group)}
            </Link>
          ),
        ],
        [
          'Application',
          application && (
            <Link key="application" {...resourceLink('Application', application)}>
              {application}
            </Link>
          ),
        ],
        ['Team', team],
        ['Keys', names.length > 0 && `${names.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`],
        ['Models', models.join(', ')],
        ['Providers', providers.join(', ')],
        ['Calls', counted(calls, 'call')],
        ['Since', <When key="began" at={group.began} absolute />],
        ['Last refused', <When key="last" at={group.last} absolute />],
        ['Last answered', group.answered && <When key="answered" at={group.answered} absolute />],
        ['Cause', CAUSES[group.cause]],
        ['Who can act', WHO[group.who]],
      ]}
    />
  );
}

function Change({ change }: { change: Schemas['RefusalChange'] }) {
  const { revision, at, actor, action, kind, name, when } = change;
  return (
    <li>
      <Link to="/history" search={{ revision: String(revision) }}>
        {kind} {name} {action}
      </Link>{' '}
      <span className={classes.soft}>
        by {makerWords(actor)}, <When at={at} />, {TIMES[when]}
      </span>
    </li>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <h3>{title}</h3>
      {children}
    </section>
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
