/** What a form does, as commands: by the command line, and by the API. */
import type { Schemas } from '@/api/client';
import type { Snippet } from './CodeBlock';

/** The request as a `curl` command; the token stays a variable. */
export function curl(method: string, path: string, body?: unknown, headers: string[] = []): Snippet {
  const lines = [`curl -X ${method} ${window.location.origin}/api/v1${path}`];
  for (const header of ['Authorization: Bearer $TOLLGATE_TOKEN', ...headers]) lines.push(`  -H "${header}"`);
  if (body !== undefined)
    lines.push('  -H "Content-Type: application/json"', `  -d ${word(JSON.stringify(body))}`);
  return { label: 'API', code: lines.join(' \\\n') };
}

/** `tollgate` with these arguments; what is undefined is left out. */
export function command(...args: (string | undefined)[]): Snippet {
  const words = args.filter((arg) => arg !== undefined && arg !== '').map((arg) => word(arg ?? ''));
  return { label: 'Command', code: ['tollgate', ...words].join(' ') };
}

/** `tollgate apply` of documents. */
export function apply(documents: Pick<Schemas['Document'], 'kind' | 'name' | 'spec'>[]): Snippet {
  const texts = documents.map(
    ({ kind, name, spec }) => `kind: ${kind}\nname: ${JSON.stringify(name)}\nspec: ${JSON.stringify(spec)}`,
  );
  return { label: 'Command', code: `tollgate apply -f - <<'END'\n${texts.join('\n---\n')}\nEND` };
}

/** A word of a shell, quoted where it has to be. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
