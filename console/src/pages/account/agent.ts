/** What a browser says of itself, in words. */
export interface Agent {
  /** Such as `Firefox 140`; for what is no browser its own word, such as `curl 8.5.0`. */
  browser: string;
  /** Such as `Windows`; absent where it does not say. */
  system?: string;
  kind: 'computer' | 'phone' | 'program';
}

/** Those that call themselves by others' names too stand before them. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?(?:iOS)?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\bVivaldi\/(\d+)/, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\bHeadlessChrome\/(\d+)/, 'Chrome without a window'],
  [/\b(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** Reads the `User-Agent` of a browser or a program. */
export function readAgent(text: string): Agent {
  const system = SYSTEMS.find(([form]) => form.test(text))?.[1];
  for (const [form, name] of BROWSERS) {
    const version = form.exec(text)?.[1];
    if (version) {
      const phone = system === 'iPhone' || (system === 'Android' && /\bMobile\b/.test(text));
      return { browser: `${name} ${version}`, system, kind: phone ? 'phone' : 'computer' };
    }
  }
  const word = /^[\w.-]+(?:\/[\w.-]+)?/.exec(text)?.[0];
  return { browser: word ? word.replace('/', ' ') : 'Unknown', system, kind: 'program' };
}
