/** The nonce with which this answer's styles may be set; the server puts it into the page. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

// The library that keeps the page from scrolling beneath a dialog asks for it by this name.
Object.assign(globalThis, { __webpack_nonce__: nonce });
