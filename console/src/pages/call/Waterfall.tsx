import type { CSSProperties } from 'react';
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
    until === undefined || end === 0 ? undefined : { left: share(from), width: share(until - from) };
  return (
    <Panel title="What happened" aside={end > 0 && duration(end)}>
      <div className={classes.waterfall}>
        <div className={classes.grid} aria-hidden="true">
          {ticks.map((tick) => (
            <i key={tick} className={classes.line} style={{ left: share(tick) }}>
              <span className={classes.tick} data-last={tick / end > 0.9 || undefined}>
                {tick === 0 ? '0' : duration(tick)}
              </span>
            </i>
          ))}
          {firstByte !== undefined && <i className={classes.first} style={{ left: share(firstByte) }} />}
        </div>
        <ol className={classes.stages}>
          {stages.map((stage) => (
            <Stage key={stage.stage} stage={stage} place={place} />
          ))}
        </ol>
      </div>
      {firstByte !== undefined && (
        <p className={classes.key}>
          <i className={classes.keyLine} aria-hidden="true" /> first byte of the answer after{' '}
          {duration(firstByte)}
        </p>
      )}
    </Panel>
  );
}

type Place = (span: Span) => CSSProperties | undefined;

function Stage({ stage, place }: { stage: StageSpan; place: Place }) {
  const { verdict, says, attempts } = stage;
  return (
    <li className={classes.stage} data-verdict={verdict}>
      <Row name={stage.stage} span={stage} place={place} />
      {attempts.length > 0 && (
        <ol className={classes.attempts}>
          {attempts.map((each, index) => (
            <li
              key={`${each.attempt.began}`}
              className={classes.attempt}
              data-failed={each.attempt.failure ? true : undefined}
            >
              <Row name={`try ${index + 1}`} span={each} place={place} />
              <Attempt {...each.attempt} />
            </li>
          ))}
        </ol>
      )}
      {says.length > 0 && (
        <ul className={classes.says}>
          {says.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Row({ name, span, place }: { name: string; span: Span; place: Place }) {
  const style = place(span);
  return (
    <div className={classes.row}>
      <span className={classes.name}>{name}</span>
      <span className={classes.track}>{style && <i className={classes.bar} style={style} />}</span>
      <span className={classes.took}>
        {span.until === undefined ? '–' : duration(span.until - span.from)}
      </span>
    </div>
  );
}

function Attempt({ provider, model, credential, status, failure, note }: Schemas['Attempt']) {
  return (
    <p className={classes.says}>
      <b className={classes.target}>
        {provider} {model}
      </b>
      {credential && ` with credential ${credential}`}{' '}
      <Tag tone={failure ? 'bad' : 'ok'} quiet>
        {status && `${status} `}
        {failure ? FAILURE[failure] : 'answered'}
      </Tag>
      {note && <span className={classes.note}>{note}</span>}
    </p>
  );
}
