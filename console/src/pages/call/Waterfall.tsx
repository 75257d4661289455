import type { CSSProperties, ReactNode } from 'react';
import type { Schemas } from '@/api/client';
import { duration } from '@/format';
import { Panel } from '@/parts/Panel';
import { Tag } from '@/parts/Tag';
import type { Told } from './useCall';
import classes from './Waterfall.module.css';
import { type Span, type StageSpan, waterfallOf } from './waterfall';
import { FAILURE } from './words';

/** The stages of a call and the attempts at providers, on one axis of time, with what each decided. */
export function Waterfall(told: Told) {
  const { stages, end, ticks, firstByte } = waterfallOf(told);
  const share = (at: number) => `${((end ? at / end : 0) * 100).toFixed(3)}%`;
  const place = ({ from, until }: Span): CSSProperties | undefined =>
    until === undefined || end === 0
      ? undefined
      : // As narrow as it may be, a bar does not stand out of its track.
        { left: `min(${share(from)}, 100% - 3px)`, width: share(until - from) };
  const [, step = end] = ticks;
  const lines = { '--step': share(step), '--first': share(firstByte ?? 0) } as CSSProperties;
  return (
    <Panel title="What happened" aside={end > 0 && duration(end)}>
      <div className={classes.waterfall} style={lines} data-first={firstByte !== undefined || undefined}>
        <div className={classes.axis} aria-hidden="true">
          <div className={classes.ticks}>
            {ticks.map((tick) => (
              <span key={tick} data-last={tick / end > 0.9 || undefined} style={{ left: share(tick) }}>
                {tick === 0 ? '0' : duration(tick)}
              </span>
            ))}
          </div>
        </div>
        <ol className={classes.stages}>
          {stages.map((stage) => (
            <Stage key={stage.stage} stage={stage} place={place} />
          ))}
        </ol>
        {firstByte !== undefined && (
          <p className={classes.key}>
            <i aria-hidden="true" /> first byte of the answer after {duration(firstByte)}
          </p>
        )}
      </div>
    </Panel>
  );
}

type Place = (span: Span) => CSSProperties | undefined;

function Stage({ stage, place }: { stage: StageSpan; place: Place }) {
  const { verdict, says, attempts } = stage;
  return (
    <li className={classes.stage} data-verdict={verdict}>
      <Row name={stage.stage} span={stage} place={place}>
        {says.length > 0 && (
          <ul className={classes.says}>
            {says.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
      </Row>
      {attempts.length > 0 && (
        <ol className={classes.attempts}>
          {attempts.map((each, index) => (
            <li
              key={`${each.attempt.began}`}
              className={classes.attempt}
              data-failed={each.attempt.failure ? true : undefined}
            >
              <Row name={<Try nth={index + 1} {...each.attempt} />} span={each} place={place}>
                <Attempt {...each.attempt} />
              </Row>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}

/** What something is called, what is to be said of it, its bar and how long it took. */
function Row(props: { name: ReactNode; span: Span; place: Place; children: ReactNode }) {
  const { name, span, place, children } = props;
  const style = place(span);
  return (
    <div className={classes.row}>
      <span className={classes.name}>{name}</span>
      {children}
      <span className={classes.track}>{style && <i className={classes.bar} style={style} />}</span>
      <span className={classes.took}>
        {span.until === undefined ? '–' : duration(span.until - span.from)}
      </span>
    </div>
  );
}

function Try({ nth, provider, model }: { nth: number } & Schemas['Attempt']) {
  return (
    <>
      try {nth}{' '}
      <b className={classes.target}>
        {provider} {model}
      </b>
    </>
  );
}

function Attempt({ credential, status, failure, note }: Schemas['Attempt']) {
  return (
    <p className={classes.says}>
      <Tag tone={failure ? 'bad' : 'ok'} quiet>
        {status && `${status} `}
        {failure ? FAILURE[failure] : 'answered'}
      </Tag>
      {credential && ` with credential ${credential}`}
      {note && <span className={classes.note}>{note}</span>}
    </p>
  );
}
