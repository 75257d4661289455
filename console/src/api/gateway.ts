/** The words that a call needs: where the gateway is, and a command that makes one. */

/** Where callers reach the gateway if nothing else is known. */
const USUAL = 'http://127.0.0.1:8402';

/** A command that makes a call as it stands, once `TOLLGATE_KEY` holds a key. */
export function curlOf(gateway: string | null | undefined, model = 'sandbox/echo'): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return [
    `curl ${gateway ?? USUAL}/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $TOLLGATE_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '${body.replaceAll("'", "'\\''")}'`,
  ].join('\n');
}
