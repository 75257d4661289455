import { counted } from '@/format';
import { Tag } from '@/parts/Tag';
import classes from './playground.module.css';
import type { Result } from './tasks';

/** What came of a task: vectors, pictures, sound, a text, an order or a judgement. */
export function TaskResult({ result }: { result: Result }) {
  switch (result.kind) {
    case 'vectors':
      return (
        <ol className={classes.results}>
          {result.vectors.map((vector, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the text's
            <li key={place}>
              <code>
                [{vector.first.map((number) => Number(number.toPrecision(4))).join(', ')}
                {vector.length > vector.first.length && ', …'}]
              </code>
              <span className={classes.aside}>{counted(vector.length, 'number')}</span>
            </li>
          ))}
        </ol>
      );
    case 'ranked':
      return (
        <ol className={classes.results}>
          {result.items.map(({ text, score }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same text may stand twice
            <li key={place}>
              <span>
                {place + 1}. {text}
              </span>
              <span className={classes.aside}>{score.toFixed(3)}</span>
            </li>
          ))}
        </ol>
      );
    case 'pictures':
      return (
        <div className={classes.pictures}>
          {result.pictures.map(({ src, url }, place) =>
            src ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: pictures have no names
              <img key={place} src={src} alt={`What was asked for, number ${place + 1}`} />
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: pictures have no names
              <a key={place} href={url} target="_blank" rel="noreferrer">
                {url ?? 'A picture without an address'}
              </a>
            ),
          )}
        </div>
      );
    case 'sound':
      return (
        // biome-ignore lint/a11y/useMediaCaption: the words are those that were typed above
        <audio controls src={result.src} className={classes.sound} aria-label="What was spoken" />
      );
    case 'judged':
      return (
        <ul className={classes.results}>
          {result.items.map(({ flagged, categories }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: judgements have no names
            <li key={place}>
              <Tag tone={flagged ? 'warn' : 'ok'}>{flagged ? 'flagged' : 'not flagged'}</Tag>
              {categories.length > 0 && <span className={classes.aside}>{categories.join(', ')}</span>}
            </li>
          ))}
        </ul>
      );
    case 'text':
      return <p className={classes.resultText}>{result.text}</p>;
  }
}
