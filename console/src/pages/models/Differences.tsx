import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { counted } from '@/format';
import { format } from '@/money';
import { Tag, type Tone } from '@/parts/Tag';
import classes from './models.module.css';
import { titleOf } from './prices';

type Difference = Schemas['ModelDifference'];

const PAGE = 40;
const TONES: Record<Schemas['ModelChange'], Tone> = { new: 'ok', changed: 'info', gone: 'warn' };

/** The models that an update of the catalogue would make new, change or take away. */
export function Differences({ differences }: { differences: Difference[] }) {
  const [shown, setShown] = useState(PAGE);
  if (differences.length === 0)
    return <p className={classes.lead}>Nothing: all of it is in force already.</p>;
  const of = (change: Difference['change']) => differences.filter((each) => each.change === change).length;
  return (
    <div className={classes.differences}>
      <p className={classes.lead}>
        {counted(of('new'), 'new model')}, {of('changed')} changed, {of('gone')} gone.
      </p>
      <ul className={classes.differenceList}>
        {differences.slice(0, shown).map((difference) => (
          <li key={`${difference.provider}/${difference.model}`}>
            <span className={classes.differenceName}>
              {difference.provider}/{difference.model}
            </span>
            <Tag tone={TONES[difference.change]} quiet>
              {difference.change}
            </Tag>
            <Rates difference={difference} />
          </li>
        ))}
      </ul>
      {differences.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + 10 * PAGE)}>
          Show more of {counted(differences.length, 'model')}
        </Button>
      )}
    </div>
  );
}

function Rates({ difference: { rates, other, change } }: { difference: Difference }) {
  if (change === 'gone') return null;
  return (
    <span className={classes.differenceRates}>
      {rates.map(({ class: name, before, after }) => (
        <span key={name}>
          {titleOf(name)}: {before ? format(before) : 'none'} → {after ? format(after) : 'none'}
        </span>
      ))}
      {other && <span>Limits, abilities, tiers, or prices at other times</span>}
    </span>
  );
}
