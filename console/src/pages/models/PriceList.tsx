import { count } from '@/format';
import { format } from '@/money';
import classes from './models.module.css';
import { linesOf, type Price } from './prices';

/** All rates of a price, with its tiers side by side and where it comes from. */
export function PriceList({ price }: { price: Price | null | undefined }) {
  if (!price) {
    return (
      <p className={classes.noPrice}>
        Nobody knows its price, so its calls are refused: what cannot be priced cannot be limited. A price can
        be set at the provider.
      </p>
    );
  }
  const lines = linesOf(price);
  const tiers = price.tiers ?? [];
  return (
    <div className={classes.priceList}>
      <table className={classes.prices}>
        <thead>
          <tr>
            <th scope="col">Price of a million</th>
            <th scope="col">{tiers.length > 0 ? 'Usually' : 'US dollars'}</th>
            {tiers.map(({ above }) => (
              <th key={above} scope="col">
                Over {count(above)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, label, rates }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              {rates.map((rate, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the place is the tier
                <td key={place}>{rate === undefined ? '–' : format(rate)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.source}>
        Source: {price.source}
        {tiers.length > 0 && '. Higher rates hold where the prompt has more tokens than stands above them'}
        {price.changes && '. It changes with the date or the time of day; what is shown holds now'}.
      </p>
    </div>
  );
}
