/**
 * Where to go after signing in: the path that was wanted, if it is one of this console, or the overview. A link to
 * the sign-in must not be able to lead to another site.
 */
export function safeNext(wanted: string | undefined): string {
  if (!wanted || !/^\/(?![/\\])/.test(wanted)) return '/';
  if (!URL.canParse(wanted, window.location.origin)) return '/';
  const place = new URL(wanted, window.location.origin);
  if (place.origin !== window.location.origin || place.pathname === '/signin') return '/';
  return place.pathname + place.search + place.hash;
}
