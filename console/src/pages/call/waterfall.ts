/** Where the time of a call went: a pure function of what the API tells. Times are microseconds from its start. */
import type { Schemas } from '@/api/client';

/** A stage of the call, or an attempt within it. */
export interface Span {
  from: number;
  /** Absent where nobody noted it. */
  until?: number;
}

/** A stage with what it decided. */
export interface StageSpan extends Span {
  stage: Schemas['Stage'];
  verdict: Schemas['Verdict'];
  says: string[];
  /** The attempts at providers, for the stage that makes them. */
  attempts: (Span & { attempt: Schemas['Attempt'] })[];
}

/** The stages on their common axis. */
export interface Waterfall {
  stages: StageSpan[];
  /** The end of the axis; 0 where no time is known. */
  end: number;
  /** Round numbers along the axis, the first being 0. */
  ticks: number[];
  firstByte?: number;
}

const TICKS = 4;
/** How the sentences begin that tell of the choice of a target, which has a panel of its own. */
const CHOICE = /^(by strategy|not tried:) /;

/** The waterfall of a call. */
export function waterfallOf({
  record,
  story,
}: {
  record: Schemas['Call'];
  story: Schemas['Story'];
}): Waterfall {
  const timed = record.timings.length > 0 || record.ending !== 'unresolved';
  const end = timed ? Math.max(record.duration, ...record.timings) : 0;
  let from = 0;
  const stages = story.steps.map((step): StageSpan => {
    const { stage, verdict } = step;
    const until = timed ? (step.ended ?? end) : undefined;
    const attempts = stage === 'dispatch' ? (record.attempts ?? []) : [];
    const span = { stage, verdict, from, until: until && Math.max(until, from) };
    from = span.until ?? from;
    return {
      ...span,
      attempts: attempts.map((attempt) => ({
        attempt,
        from: attempt.began,
        until: attempt.began + attempt.took,
      })),
      says: saysOf(step, attempts.length, story.refusal).filter(
        (said) => !(record.choice && stage === 'prepare' && CHOICE.test(said)),
      ),
    };
  });
  return { stages, end, ticks: ticksTo(end), firstByte: record.first_byte || undefined };
}

/** The sentences of a stage without those that are shown otherwise: attempts come first, a refusal last. */
function saysOf(
  { says }: Schemas['Step'],
  attempts: number,
  refusal: Schemas['RefusalStory'] | null | undefined,
) {
  const rest = says.slice(attempts);
  const begin = refusal
    ? rest.findIndex((said) => said.startsWith(`${refusal.status} ${refusal.reason}: `))
    : -1;
  return refusal && begin >= 0 ? [...rest.slice(0, begin), `refused: ${refusal.title}`] : rest;
}

/** Round numbers from 0 to `end`, some four of them. */
export function ticksTo(end: number): number[] {
  if (end <= 0) return [];
  const rough = end / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = 0; at <= end; at += step) ticks.push(at);
  return ticks;
}
