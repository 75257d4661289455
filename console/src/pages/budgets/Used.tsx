import { percent } from '@/format';
import { parse, perMille } from '@/money';
import { Meter } from '@/parts/Bars';
import type { Tone } from '@/parts/Tag';
import classes from './budgets.module.css';

/** From which share on a budget wants attention, in thousandths. */
const NEARLY = 800;
const ALL = 1000;
/** The most that is not rounded up to all of it. */
const NEARLY_ALL = 994;

interface Spending {
  spent: string;
  limit: string;
}

/** How much of a budget is used, in thousandths; all of one that allows nothing. */
export function usedShare({ spent, limit }: Spending): number {
  return perMille(limit, '1000000000') === 0 ? ALL : perMille(spent, limit);
}

/** What a share means for whoever watches over it. */
export function shareTone(share: number): Tone {
  return share >= ALL ? 'bad' : share >= NEARLY ? 'warn' : 'ok';
}

/** How much of a budget is used, in words: nothing, all, or what lies between them, and neither by rounding. */
export function usedWords(budget: Spending): string {
  const share = usedShare(budget);
  if (share === 1 && parse(budget.spent) * 1000n < parse(budget.limit)) return percent(0.0001);
  return percent((share < ALL ? Math.min(share, NEARLY_ALL) : share) / 1000);
}

/** How much of a budget is used, as a bar and in words. */
export function Used({ budget }: { budget: Spending }) {
  const share = usedShare(budget);
  const tone = shareTone(share);
  return (
    <span className={classes.used}>
      <i>
        <Meter share={share} tone={tone === 'ok' ? undefined : tone} />
      </i>
      <span>{usedWords(budget)}</span>
    </span>
  );
}
