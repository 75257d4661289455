import { useState } from 'react';
import { counted } from '@/format';
import classes from './DiffView.module.css';
import { fold, type Line, type Stretch } from './diff';

const SIGNS: Record<Line['sign'], string> = { ' ': ' ', '+': '+', '-': '−' };

/** A difference to read: what went, what came, and what is around it; the rest is folded and opens by a click. */
export function DiffView({ lines, label }: { lines: Line[]; label: string }) {
  const stretches = fold(lines);
  const differs = lines.some(({ sign }) => sign !== ' ');
  return (
    <section className={classes.diff} aria-label={label}>
      <Tally lines={lines} />
      {differs ? (
        stretches.map((stretch, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stretch has no name but its place
          <Part key={at} stretch={stretch} />
        ))
      ) : (
        <p className={classes.same}>Nothing differs.</p>
      )}
    </section>
  );
}

function Tally({ lines }: { lines: Line[] }) {
  const count = (wanted: Line['sign']) => lines.filter(({ sign }) => sign === wanted).length;
  const [came, went] = [count('+'), count('-')];
  if (came + went === 0) return null;
  return (
    <div className={classes.tally}>
      {went > 0 && <span data-sign="-">{counted(went, 'line')} removed</span>}
      {came > 0 && <span data-sign="+">{counted(came, 'line')} added</span>}
    </div>
  );
}

function Part({ stretch }: { stretch: Stretch }) {
  const [opened, open] = useState(false);
  if (stretch.folded && !opened) {
    return (
      <button type="button" className={classes.fold} onClick={() => open(true)}>
        {counted(stretch.lines.length, 'line')} the same
      </button>
    );
  }
  return stretch.lines.map((line, at) => {
    const Row = line.sign === '+' ? 'ins' : line.sign === '-' ? 'del' : 'div';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name but its place
      <Row key={at} className={classes.line} data-sign={line.sign}>
        <span className={classes.sign}>{SIGNS[line.sign]}</span>
        <code className={classes.text}>{line.text}</code>
      </Row>
    );
  });
}
