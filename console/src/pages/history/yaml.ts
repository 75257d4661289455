/** Values of JSON as YAML, as far as resources need it: what it writes, `tollgate apply` reads. */

type Members = Record<string, unknown>;

/** Words that YAML would not take for text. */
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i;
/** Text that means itself without quotes: begins like a word, and has nothing in it that YAML knows. */
const PLAIN = /^[A-Za-z_/][\w./:@+-]*( [\w./@+-]+)*$/;

/** A value as lines of YAML, without a line feed at their ends. */
export function toYaml(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = toYaml(item);
      return [`- ${first}`, ...rest.map(indented)];
    });
  }
  const members = isObject(value) ? Object.entries(value).filter(([, member]) => member !== undefined) : [];
  if (members.length > 0) {
    return members.flatMap(([name, member]) => {
      const key = text(name);
      return isBlock(member) ? [`${key}:`, ...toYaml(member).map(indented)] : [`${key}: ${scalar(member)}`];
    });
  }
  return [scalar(value)];
}

/** The same value with the members of each object by name, so that it is written the same every time. */
export function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}

/** Whether two values are the same, whatever the order of their members. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value stands below its name, and not beside it. */
function isBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return '[]';
  return isObject(value) ? '{}' : String(value ?? null);
}

function text(value: string): string {
  const plain = PLAIN.test(value) && !RESERVED.test(value) && !value.endsWith(':') && !value.includes(': ');
  // A text of JSON is one of YAML too.
  return plain ? value : JSON.stringify(value);
}

function indented(line: string): string {
  return `  ${line}`;
}
