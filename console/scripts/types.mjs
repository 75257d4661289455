// Writes src/api/schema.d.ts from the golden description of the API; with --check only compares.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const golden = new URL('../../crates/control/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);

const description = JSON.parse(await readFile(golden, 'utf8'));
// What has a default may be left out.
const options = { emptyObjectsUnknown: true, defaultNonNullable: false };
const types = astToString(await openapiTS(description, options));

// Which permission an operation takes is an extension of the description; the console asks by these words.
const operations = Object.values(description.paths).flatMap((path) => Object.values(path));
const words = [...new Set(operations.map((operation) => operation['x-permission']).filter(Boolean))].sort();
const permission = `/** What somebody may be allowed to do. */\nexport type Permission = ${words.map((word) => `"${word}"`).join(' | ')};\n`;

const text = `// Made by "npm run types" from crates/control/openapi.json; not written by hand.\n\n${types}\n${permission}`;

if (process.argv.includes('--check')) {
  const present = await readFile(target, 'utf8').catch(() => '');
  if (present !== text) {
    console.error('src/api/schema.d.ts is not what crates/control/openapi.json says. Run: npm run types');
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
