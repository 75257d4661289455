import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '@/api/session';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { PageSkeleton } from '@/parts/Loading';
import { PageHeader } from '@/parts/PageHeader';
import { Panel } from '@/parts/Panel';
import { useChangeParams, useParams } from '@/search';
import classes from './applications.module.css';
import { DayTiles } from './DayTiles';
import { DeleteApplication } from './DeleteApplication';
import { DrawsOn } from './DrawsOn';
import { EditApplication } from './EditApplication';
import { KeyDrawer } from './KeyDrawer';
import { KeyTable } from './KeyTable';
import { NewKey } from './NewKey';
import { type Application, useApplications } from './queries';

/** One application: its keys, what it did in the last day, and on what it draws. */
export function ApplicationPage({ name, openedKey }: { name: string; openedKey: string | undefined }) {
  const { applications, error, retry } = useApplications();
  const application = applications?.find((each) => each.name === name);
  if (application) return <Known application={application} openedKey={openedKey} />;
  if (!applications && !error) return <PageSkeleton />;
  return (
    <>
      <PageHeader title={name} above={<Link to="/applications">Applications</Link>} />
      {applications ? <Unknown /> : <ErrorState error={error} retry={retry} />}
    </>
  );
}

function Unknown() {
  return (
    <EmptyState
      title="There is no application or key of this name"
      action={<Link to="/applications">See all applications</Link>}
    >
      It may have been deleted or renamed.
    </EmptyState>
  );
}

function Known({ application, openedKey }: { application: Application; openedKey: string | undefined }) {
  const { name, title, team } = application;
  const mayMoney = useCan('money:read');
  return (
    <>
      <PageHeader
        title={title}
        id={title === name ? undefined : name}
        above={<Link to="/applications">Applications</Link>}
        lead={`Belongs to team ${team}, which pays for its calls.`}
        action={<Actions application={application} />}
      />
      <div className={classes.page}>
        <DayTiles application={name} />
        <Panel
          title="Keys"
          aside={
            <Link to="/calls" search={{ application: name }}>
              Calls of this application
            </Link>
          }
          flush
        >
          <KeyTable application={name} openedKey={openedKey} />
        </Panel>
        {mayMoney && (
          <Panel title="Draws on">
            <DrawsOn caller={{ team, application: name, key: '' }} models={[]} who="this application" />
          </Panel>
        )}
      </div>
      <KeyDrawer application={application} name={openedKey} />
    </>
  );
}

function Actions({ application }: { application: Application }) {
  const { new: creating, edit } = useParams();
  const change = useChangeParams();
  const [asked, ask] = useState(false);
  const mayKeys = useCan('keys:manage');
  const mayDelete = useCan('configuration:change');
  return (
    <>
      {mayDelete && (
        <>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size={34} aria-label="More">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconPencil size={15} />}
                onClick={() => change({ edit: 'application' })}
              >
                Edit
              </Menu.Item>
              <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => ask(true)}>
                Delete the application
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <EditApplication
            application={application}
            opened={edit !== undefined}
            onClose={() => change({ edit: undefined })}
          />
          <DeleteApplication application={application} opened={asked} onClose={() => ask(false)} />
        </>
      )}
      {mayKeys && (
        <>
          <Button leftSection={<IconPlus size={16} />} onClick={() => change({ new: 'key' })}>
            Create a key
          </Button>
          <NewKey
            opened={creating === 'key'}
            onClose={() => change({ new: undefined })}
            application={application.name}
          />
        </>
      )}
    </>
  );
}
