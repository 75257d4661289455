import { percent } from '@/format';
import { perMille } from '@/money';
import { Meter } from '@/parts/Bars';
import type { Tone } from '@/parts/Tag';
import classes from './budgets.module.css';

/** From which share on a budget wants attention, in thousandths. */
const NEARLY = 800;
const ALL = 1000;

/** How much of a budget is used, in thousandths; all of one that allows nothing. */
export function usedShare({ spent, limit }: { spent: string; limit: string }): number {
  return perMille(limit, '1000000000') === 0 ? ALL : perMille(spent, limit);
}

/** What a share means for whoever watches over it. */
export function shareTone(share: number): Tone {
  return share >= ALL ? 'bad' : share >= NEARLY ? 'warn' : 'ok';
}

/** How much of a budget is used, as a bar and in words. */
export function Used({ budget }: { budget: { spent: string; limit: string } }) {
  const share = usedShare(budget);
  const tone = shareTone(share);
  return (
    <span className={classes.used}>
      <i>
        <Meter share={share} tone={tone === 'ok' ? undefined : tone} />
      </i>
      <span>{percent(share / ALL)}</span>
    </span>
  );
}
