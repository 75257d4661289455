import type { ReactNode } from 'react';
import classes from './Bars.module.css';
import type { Tone } from './Tag';

/** One bar: its name, its length in thousandths, and what it stands for in words. */
export interface Bar {
  key: string;
  name: ReactNode;
  /** 0 to 1000; see `perMille`. */
  share: number;
  value: ReactNode;
  tone?: Tone;
}

/** Bars below each other, to compare by length: spending by model, calls by provider. */
export function Bars({ bars, label }: { bars: Bar[]; label: string }) {
  return (
    <ul className={classes.bars} aria-label={label}>
      {bars.map(({ key, name, share, value, tone }) => (
        <li key={key} className={classes.bar}>
          <span className={classes.name}>{name}</span>
          <span className={classes.value}>{value}</span>
          <Meter share={share} tone={tone} />
        </li>
      ))}
    </ul>
  );
}

/** A single bar without words, 0 to 1000; beside it has to stand what it says. */
export function Meter({ share, tone }: { share: number; tone?: Tone }) {
  const length = Math.min(Math.max(share, 0), 1000);
  return (
    <svg className={classes.meter} viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">
      <rect width="1000" height="6" className={classes.rest} />
      <rect width={length} height="6" className={classes.part} data-tone={tone} />
    </svg>
  );
}
