/** Ids that somebody pastes, told by their form. */

/** What a text names, as far as it is an id. */
export interface Ids {
  call?: string;
  transaction?: string;
  account?: string;
  /** A key, or its beginning. */
  key?: string;
}

const CALL = /(?:^|\/)(call_[0-9a-z]{20,})$/;
const TRANSACTION = /^(?:settle|allow|close|credit)\/\S+$/;
const ACCOUNT = /^(?:wallet|budget|usage|world)\/\S+$/;
const KEY = /^tg_[0-9A-Za-z]{3,}$/;
/** A secret may stand anywhere in what was pasted, such as behind "Bearer". */
const SECRET = /tgs?_|\bsk-/;
const LONGEST_NAME = 128;

/** The ids in a text: a settlement names its first call too. */
export function readIds(text: string): Ids {
  return {
    call: CALL.exec(text)?.[1],
    transaction: TRANSACTION.test(text) ? text : undefined,
    account: ACCOUNT.test(text) ? text : undefined,
    key: KEY.test(text) ? text : undefined,
  };
}

/** Whether a text may be a part of a name. What may be a secret is never sent: it would stand in an address. */
export function maybeName(text: string): boolean {
  return text.length > 1 && text.length <= LONGEST_NAME && !SECRET.test(text) && !CALL.test(text);
}

/** Whether a key, or its beginning, goes with what is shown of a key: one begins like the other. */
export function isKeyOf(text: string, hint: string): boolean {
  return text.startsWith(hint) || hint.startsWith(text);
}
