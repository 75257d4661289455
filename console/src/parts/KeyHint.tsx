import classes from './KeyHint.module.css';

const apple = /Mac|iPhone|iPad/.test(navigator.platform);
const SIGNS: Record<string, string> = { mod: apple ? '⌘' : 'Ctrl', Enter: '↵', Escape: 'Esc', shift: '⇧' };

/** Keys to press, such as `mod+K` or `g c`: together with a plus, one after another with a space. */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {keys.split(/[+ ]/).map((key) => (
        <kbd key={key} className={classes.key}>
          {SIGNS[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}
