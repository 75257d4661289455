import { useState } from 'react';
import { useLiveSums } from '@/api/usage';
import { DataTable } from '@/parts/DataTable';
import { FilterBar } from '@/parts/FilterBar';
import { PageHeader } from '@/parts/PageHeader';
import { useChangeParams, useParams } from '@/search';
import { CallDrawer } from './CallDrawer';
import { COLUMNS } from './columns';
import { ExportMenu } from './ExportMenu';
import { type CallFilter, filterOf } from './filter';
import { Histogram } from './Histogram';
import { NoCalls } from './NoCalls';
import { News, TailButton } from './Tail';
import { TimePicker } from './TimePicker';
import { useBeside } from './useBeside';
import { useFacets } from './useFacets';
import { useList } from './useList';
import { useUsualRange } from './usualRange';

/** Every call through the gateway: found, followed as they end, and explained one by one. */
export default function Page() {
  const search = useParams();
  const change = useChangeParams();
  const filter = filterOf(search, useUsualRange());
  const possible = filter.until === undefined;
  const following = possible && search.tail !== 'off';
  const [choosing, setChoosing] = useState(false);
  const facets = useFacets(filter, choosing);
  useLiveSums();

  return (
    <>
      <PageHeader
        title="Calls"
        action={
          <>
            <TailButton
              on={following}
              possible={possible}
              toggle={() => change({ tail: following ? 'off' : undefined })}
            />
            <ExportMenu filter={filter} />
          </>
        }
      />
      <FilterBar facets={facets} onOpen={() => setChoosing(true)}>
        <TimePicker filter={filter} />
      </FilterBar>
      <Histogram filter={filter} />
      <List key={JSON.stringify(filter)} filter={filter} following={following} opened={search.call} />
    </>
  );
}

function List(props: { filter: CallFilter; following: boolean; opened: string | undefined }) {
  const { filter, following, opened } = props;
  const { waiting, missed, show, restart, ...table } = useList(filter, following);
  const { linkTo, close } = useBeside(opened);
  return (
    <>
      <News waiting={waiting} missed={missed} show={show} restart={restart} />
      <DataTable
        label="Calls"
        columns={COLUMNS}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkTo(id)}
        opened={opened}
        empty={<NoCalls filter={filter} />}
        {...table}
      />
      <CallDrawer id={opened} close={close} />
    </>
  );
}
