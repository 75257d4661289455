import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { count, dateTime } from '@/format';
import { compare, format, parse } from '@/money';
import { Facts } from '@/parts/Facts';
import { Money } from '@/parts/Money';
import { Panel } from '@/parts/Panel';
import classes from './Bill.module.css';
import { evenly } from './evenly';
import { accountLink } from './links';
import type { Told } from './useCall';
import { QUALITY, USAGE } from './words';

/** What a call cost, line by line, and who paid. `printable` on its full page, where nothing else gets printed. */
export function Bill({ record, story, printable }: Told & { printable?: boolean }) {
  const { bill } = story;
  return (
    <div className={printable ? classes.printed : undefined}>
      <PrintHead record={record} story={story} />
      <Panel
        title="Explain this charge"
        aside={
          printable &&
          bill && (
            <Button
              className={classes.print}
              variant="subtle"
              color="gray"
              size="compact-sm"
              leftSection={<IconPrinter size={15} />}
              onClick={() => window.print()}
            >
              Print
            </Button>
          )
        }
      >
        {bill ? (
          <>
            {bill.lines.length > 0 ? (
              <Lines {...bill} />
            ) : (
              <NoLines {...bill} recalled={Boolean(record.recalled)} />
            )}
            <Accounts {...bill} />
          </>
        ) : (
          <p className={classes.note}>Nothing was set aside, consumed or charged.</p>
        )}
      </Panel>
    </div>
  );
}

function Lines({ lines, total, note, source, quality }: Schemas['Bill']) {
  const [sum, ...amounts] = evenly([total, ...lines.map(({ amount }) => amount)]);
  const words = [note, quality !== 'none' && QUALITY[quality], source && `Price from ${source}.`];
  return (
    <>
      <div className={classes.frame}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" className={classes.roomy}>
                Quantity
              </th>
              <th scope="col" className={classes.roomy}>
                Rate per million
              </th>
              <th scope="col">Amount</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <tr key={line.class}>
                <th scope="row">
                  {USAGE[line.class]}
                  <span className={classes.inShort}>
                    {count(line.quantity)} × {format(line.rate)} per million
                  </span>
                </th>
                <td className={classes.roomy}>{count(line.quantity)}</td>
                <td className={classes.roomy}>
                  <span className={classes.times} aria-hidden="true">
                    ×{' '}
                  </span>
                  {format(line.rate)}
                </td>
                <td>{amounts[index]}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td className={classes.roomy} />
              <td className={classes.roomy} />
              <td>{sum}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p className={classes.note}>{words.filter(Boolean).join(' ')}</p>
    </>
  );
}

/** A charge without lines: money was set aside, but nothing was consumed. */
function NoLines({ total, quality, recalled }: Schemas['Bill'] & { recalled: boolean }) {
  return (
    <p className={classes.note}>
      {recalled ? 'The price of an answer out of the cache, for which nobody worked.' : QUALITY[quality]} The
      charge is <Money amount={total} />.
    </p>
  );
}

function Accounts({ accounts, total }: Schemas['Bill']) {
  if (accounts.length === 0) {
    return <p className={classes.note}>No wallet and no budget applies: nobody’s account was charged.</p>;
  }
  const open = accounts.filter(({ taken }) => compare(taken, total) < 0);
  return (
    <>
      <h3 className={classes.heading}>Who paid</h3>
      <div className={classes.frame}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col" className={classes.roomy}>
                Held before
              </th>
              <th scope="col">Taken after</th>
              <th scope="col" className={classes.roomy}>
                Given back
              </th>
            </tr>
          </thead>
          <tbody>
            {accounts.map(({ account, title, held, taken }) => (
              <tr key={account}>
                <th scope="row">
                  <Link {...accountLink(account)}>
                    {title.replace(/ from (\d{4}-\d\d-\d\d)T00:00:00Z$/, ' from $1')}
                  </Link>{' '}
                  <Link to="/ledger" search={{ account }} className={classes.ledger}>
                    ledger
                  </Link>
                  <span className={classes.inShort}>
                    <Money amount={held} /> held before the call
                  </span>
                </th>
                <td className={classes.roomy}>
                  <Money amount={held} />
                </td>
                <td>
                  <Money amount={taken} />
                </td>
                <td className={classes.roomy}>
                  {compare(taken, held) < 0 ? <Money amount={parse(held) - parse(taken)} /> : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {open.map(({ account, title, says }) => (
        <p key={account} className={classes.note}>
          {title}: {says}.
        </p>
      ))}
    </>
  );
}

/** What a printed bill begins with. */
function PrintHead({ record, story }: Told) {
  const { caller } = record;
  const last = record.attempts?.at(-1);
  return (
    <div className={classes.printHead}>
      <p className={classes.printTitle}>Charge for a call through Tollgate</p>
      <Facts
        facts={[
          ['Call', record.id],
          ['When', `${dateTime(story.at)} (${story.at})`],
          ['Caller', caller && `${caller.application}, key ${caller.key}, team ${caller.team}`],
          ['Model', record.model],
          ['Served by', last && `${last.provider} ${last.model}`],
        ]}
      />
    </div>
  );
}
