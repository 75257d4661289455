import { IconFlask } from '@tabler/icons-react';
import { Link, useParams as usePathParams } from '@tanstack/react-router';
import { useCan } from '@/api/session';
import { LinkButton } from '@/parts/LinkButton';
import { PageHeader } from '@/parts/PageHeader';
import { StatusBadge } from '@/parts/StatusBadge';
import { CallView } from './CallView';
import { useCall } from './useCall';

/** One call: what happened, what it cost, why it was refused. */
export default function Page() {
  const { id = '' } = usePathParams({ strict: false });
  const { told } = useCall(id);
  const canTry = useCan('models:try');
  const model = told?.record.model;
  return (
    <>
      <PageHeader
        above={<Link to="/calls">Calls</Link>}
        title={model ? `Call to ${model}` : 'Call'}
        state={told && <StatusBadge status={told.record.status} ending={told.record.ending} />}
        id={id}
        lead={told?.story.headline}
        action={
          canTry &&
          model && (
            <LinkButton
              to="/playground"
              search={{ model }}
              variant="default"
              leftSection={<IconFlask size={16} />}
            >
              Open in playground
            </LinkButton>
          )
        }
      />
      <CallView id={id} page />
    </>
  );
}
