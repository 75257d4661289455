import { CodeBlock } from '@/parts/CodeBlock';
import { apply, curl } from '@/parts/equivalents';
import type { Stored } from './connected';
import { pastedOf } from './credentials';
import { type Fields, freeName, specOf } from './form';
import classes from './providers.module.css';

/** What the form does, as commands. A pasted key is read from stdin there and stands in none of them. */
export function Equivalents({ fields, seen }: { fields: Fields; seen?: Stored }) {
  const name = fields.name.trim() || 'NAME';
  const secrets = new Map<string, string>();
  for (const { place, end } of fields.credentials.flatMap(pastedOf)) {
    secrets.set(place, freeName(`${name}-${end}`, [...secrets.values()]));
  }
  const spec = specOf(fields, secrets);
  const document = apply([{ kind: 'Provider', name, spec }]);
  const sets = [...secrets.values()].map((secret) => `tollgate secret set ${secret}`);
  return (
    <details className={classes.details}>
      <summary>The same by command or API</summary>
      <CodeBlock
        snippets={[
          { ...document, code: [...sets, document.code].join('\n') },
          curl('PUT', `/resources/Provider/${encodeURIComponent(name)}`, { spec }, [
            seen ? `If-Match: \\"${seen.revision}\\"` : 'If-None-Match: *',
          ]),
        ]}
      />
    </details>
  );
}
