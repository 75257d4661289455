// Fails when the first view or a page is heavier (gzip) than it may be.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_VIEW = 300;
const PAGE = 60;
const OVERVIEW = 'src/pages/overview/index.tsx';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** The files that a chunk needs: its own, its styles, and those of everything that it imports statically. */
function filesOf(key, seen = new Set(), files = new Set()) {
  if (seen.has(key)) return files;
  seen.add(key);
  const chunk = manifest[key];
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const needed of chunk.imports ?? []) filesOf(needed, seen, files);
  return files;
}

const kilobytes = (files) =>
  [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length,
    0,
  ) / 1000;

if (!manifest[OVERVIEW]) throw new Error(`No chunk of its own for ${OVERVIEW}.`);
const first = new Set(['index.html', 'assets/scheme.js', ...filesOf('index.html'), ...filesOf(OVERVIEW)]);
const rows = [{ what: 'first view', kB: kilobytes(first), limit: FIRST_VIEW }];
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || key === OVERVIEW) continue;
  const added = [...filesOf(key)].filter((file) => !first.has(file));
  rows.push({
    what: key.replace(/^src\//, '').replace(/\/index\.tsx$/, ''),
    kB: kilobytes(added),
    limit: PAGE,
  });
}

rows.sort((a, b) => b.kB - a.kB);
for (const { what, kB, limit } of rows) {
  console.log(`${kB > limit ? '✗' : '✓'} ${what.padEnd(36)} ${kB.toFixed(1).padStart(7)} kB of ${limit}`);
}
if (rows.some(({ kB, limit }) => kB > limit)) {
  console.error('Something is heavier than it may be. Load it lazily, or leave it out.');
  process.exit(1);
}
