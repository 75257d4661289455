/** What differs between two texts, line by line, and between two specs. */
import { inOrder, isSame, toYaml } from './yaml';

/** A line that both have, one that came, or one that went. */
export interface Line {
  sign: ' ' | '+' | '-';
  text: string;
}

/** Lines to show; `folded` where they are the same in both and far from any difference. */
export interface Stretch {
  lines: Line[];
  folded: boolean;
}

/** More comparisons than this are not made: then all of what differs went, and all of it came. */
const MOST = 4_000_000;

/** The shortest way from one text to another by lines that go and lines that come, as the longest common sequence has it. */
export function diffLines(before: string[], after: string[]): Line[] {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;

  const gone = before.slice(head, before.length - tail);
  const come = after.slice(head, after.length - tail);
  return [
    ...marked(' ', before.slice(0, head)),
    ...between(gone, come),
    ...marked(' ', before.slice(before.length - tail)),
  ];
}

/** What differs between two specs, written as YAML with their members in one order; nothing is where there is none. */
export function diffSpecs(before: unknown, after: unknown): Line[] {
  return diffLines(linesOf(before), linesOf(after));
}

/** The lines in stretches: what is the same, but for so many lines around each difference, is folded. */
export function fold(lines: Line[], context = 3): Stretch[] {
  const near = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.sign !== ' ') near.fill(true, Math.max(at - context, 0), at + context + 1);
  });
  const stretches: Stretch[] = [];
  lines.forEach((line, at) => {
    const folded = near[at] !== true;
    const last = stretches.at(-1);
    if (last?.folded === folded) last.lines.push(line);
    else stretches.push({ lines: [line], folded });
  });
  // A single line takes less room than the word that it is hidden.
  return stretches.map((stretch) => (stretch.lines.length > 1 ? stretch : { ...stretch, folded: false }));
}

/** The members of a spec that are not as they were, by name. */
export function touched(before: unknown, after: unknown): string[] {
  const [one, other] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return names.filter((name) => !isSame(one[name], other[name]));
}

function linesOf(spec: unknown): string[] {
  return spec === undefined || spec === null ? [] : toYaml(inOrder(spec));
}

function membersOf(spec: unknown): Record<string, unknown> {
  return typeof spec === 'object' && spec !== null ? { ...spec } : {};
}

function marked(sign: Line['sign'], texts: string[]): Line[] {
  return texts.map((text) => ({ sign, text }));
}

function between(gone: string[], come: string[]): Line[] {
  if (gone.length * come.length > MOST) return [...marked('-', gone), ...marked('+', come)];
  const common = commonLengths(gone, come);
  const width = come.length + 1;
  const goesFirst = (at: number) => below(common, at + width) >= below(common, at + 1);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < gone.length || j < come.length) {
    const [left, right] = [gone[i], come[j]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || goesFirst(i * width + j))) {
      lines.push({ sign: '-', text: left });
      i += 1;
    } else if (right !== undefined) {
      lines.push({ sign: '+', text: right });
      j += 1;
    } else break;
  }
  return lines;
}

/** How long the longest common sequence of what remains from each pair of places on is. */
function commonLengths(one: string[], other: string[]): Uint32Array {
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      lengths[at] =
        one[i] === other[j]
          ? below(lengths, at + width + 1) + 1
          : Math.max(below(lengths, at + width), below(lengths, at + 1));
    }
  }
  return lengths;
}

/** Beyond the ends nothing is common. */
function below(lengths: Uint32Array, at: number): number {
  return lengths[at] ?? 0;
}
