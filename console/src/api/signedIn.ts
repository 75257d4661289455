/**
 * Whether somebody has signed in with this browser and perhaps still is. A page cannot see the session's cookie,
 * and asking the API where nobody is signed in is answered with an error; so the question is asked only then.
 */
const KEY = 'tollgate-signed-in';

/** Notes that somebody has signed in, or that nobody is. */
export function noteSignedIn(yes: boolean): void {
  try {
    if (yes) window.localStorage.setItem(KEY, 'yes');
    else window.localStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing only makes for one question less.
  }
}

/** Whether it is worth asking who is signed in. */
export function mayBeSignedIn(): boolean {
  try {
    return window.localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
