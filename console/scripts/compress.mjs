// Puts .gz and .br beside every file of dist that is worth it, so that the server compresses nothing itself.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const SMALLEST = 1024;
const dist = fileURLToPath(new URL('../dist', import.meta.url));

for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  // index.html gets a nonce for every answer, and what begins with a dot is not served.
  if (!entry.isFile() || path.includes('/.vite/') || /\.(gz|br|html)$/.test(path)) continue;
  const bytes = await readFile(path);
  if (bytes.length < SMALLEST) continue;
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
}
