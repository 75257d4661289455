import { Link } from '@tanstack/react-router';
import { count, dateTime, duration } from '@/format';
import { CodeBlock } from '@/parts/CodeBlock';
import { Facts } from '@/parts/Facts';
import { Panel } from '@/parts/Panel';
import classes from './call.module.css';
import { consumedInWords } from './consumed';
import { RevisionLink, resourceLink } from './links';
import type { Told } from './useCall';

/** What was asked for, by whom, and what went back. */
export function RequestFacts({ record, story }: Told) {
  const { caller, attempts, max_tokens_set: most, request_id: request } = record;
  const served = attempts?.findLast(({ failure }) => !failure);
  return (
    <Panel title="Request">
      <Facts
        facts={[
          [
            'When',
            <time key="when" dateTime={story.at} title={story.at}>
              {dateTime(story.at)}
            </time>,
          ],
          ['Team', caller?.team],
          [
            'Application',
            caller && (
              <Link key="application" {...resourceLink('Application', caller.application)}>
                {caller.application}
              </Link>
            ),
          ],
          [
            'Key',
            caller && (
              <Link key="key" to="/calls" search={{ key: caller.key }}>
                {caller.key}
              </Link>
            ),
          ],
          [
            'Model',
            record.model && (
              <Link key="model" {...resourceLink('Model', record.model)}>
                {record.model}
              </Link>
            ),
          ],
          [
            'Served by',
            served && (
              <>
                <Link {...resourceLink('Provider', served.provider)}>{served.provider}</Link> {served.model}
              </>
            ),
          ],
          ['Dialect', record.dialect],
          ['Path', record.path && <code key="path">{record.path}</code>],
          ['Streamed', record.stream ? 'yes' : 'no'],
          ['Request', `${count(record.request_bytes)} bytes`],
          ['Answer', `${count(record.response_bytes)} bytes`],
          ['First byte', record.first_byte ? duration(record.first_byte) : undefined],
          ['Took', duration(record.duration)],
          ['Consumed', consumedInWords(record.usage)],
          [
            'max_tokens',
            typeof most === 'number' ? `set to ${count(most)}, the most that the money allowed` : undefined,
          ],
          ['Request id', request && request !== record.id ? <code key="request">{request}</code> : undefined],
          ['Configuration', <RevisionLink key="revision" revision={record.revision} />],
        ]}
      />
    </Panel>
  );
}

/** All that is kept of the call, as the API gives it. */
export function RawRecord({ record }: Pick<Told, 'record'>) {
  return (
    <details className={classes.raw}>
      <summary>The whole record</summary>
      <CodeBlock code={JSON.stringify(record, null, 2)} label="JSON" />
    </details>
  );
}
