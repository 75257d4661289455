// Takes of Mantine's styles only those of the components in use, each into the chunk that uses it.
import type { Plugin } from 'vite';

const ALL = '@mantine/core/styles.layer.css';
const OURS = '\0mantine-styles';
const NAMES = /@mantine\/core\/esm\/(?:components|utils)\/.*\/(\w+)\.module\.mjs$/;
/** What no component brings along. */
const ALWAYS = ['baseline', 'default-css-variables', 'global'];

const style = (name: string) => `import '@mantine/core/styles/${name}.layer.css';`;

/** A plugin of Vite for builds; while developing, the one file with all styles is served. */
export function mantineStyles(): Plugin {
  return {
    name: 'mantine-styles',
    apply: 'build',
    enforce: 'pre',
    resolveId: (id) => (id === ALL ? OURS : undefined),
    load: (id) => (id === OURS ? ALWAYS.map(style).join('\n') : undefined),
    transform(code, id) {
      const [, name] = NAMES.exec(id) ?? [];
      // The file of a component's class names is there exactly where the component is.
      return name ? { code: `${style(name)}\n${code}`, map: null } : undefined;
    },
  };
}
