import { Button } from '@mantine/core';
import { IconLock, IconUserPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useCan, useSession } from '@/api/session';
import { type Column, DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { PageHeader } from '@/parts/PageHeader';
import { mayOf } from '@/parts/roles';
import { Tag } from '@/parts/Tag';
import { When } from '@/parts/When';
import { useParam } from '@/search';
import { type Chosen, DeedDialog } from './DeedDialog';
import { Invitations } from './Invitations';
import { InviteForm } from './InviteForm';
import { LinkDialog } from './LinkDialog';
import classes from './members.module.css';
import { PersonMenu } from './PersonMenu';
import { type Invited, type Person, usePeople, useReload } from './queries';

/** Who may come in, with which role, and how they come. */
export default function Page() {
  const may = useCan('people:read');
  const manage = useCan('people:manage');
  const { role } = useSession().person;
  const [form, setForm] = useParam('new');
  const [made, setMade] = useState<Invited>();
  const button = useRef<HTMLButtonElement>(null);
  const reload = useReload();
  const people = usePeople(may);
  const show = (invited: Invited) => {
    setMade(invited);
    reload();
  };
  return (
    <>
      <PageHeader
        title="Members"
        lead="Who may use the console, and what each of them may do."
        action={
          manage && (
            <Button
              ref={button}
              leftSection={<IconUserPlus size={16} />}
              onClick={() => setForm('invitation')}
            >
              Invite
            </Button>
          )
        }
      />
      {may ? (
        <div className={classes.page}>
          {!manage && <p className={classes.only}>{ownersWords(people.data?.items)}</p>}
          <People people={people} manage={manage} onMade={show} />
          <Invitations manage={manage} />
        </div>
      ) : (
        <EmptyState icon={<IconLock size={20} />} title="Owners and admins see who may come in">
          Your role is {role}. {mayOf(role)} An owner can give you another role.
        </EmptyState>
      )}
      {manage && (
        <>
          <InviteForm opened={form === 'invitation'} onClose={() => setForm(undefined)} onMade={show} />
          <LinkDialog
            made={made}
            onClose={() => setMade(undefined)}
            onClosed={() => button.current?.focus()}
          />
        </>
      )}
    </>
  );
}

function People(props: {
  people: ReturnType<typeof usePeople>;
  manage: boolean;
  onMade: (made: Invited) => void;
}) {
  const { people, manage } = props;
  const me = useSession().person.name;
  const [chosen, choose] = useState<Chosen>();
  const [opened, setOpened] = useState(false);
  const rows = people.data?.items;
  const owners = rows?.filter(({ role }) => role === 'owner').length;
  const columns: Column<Person>[] = [
    {
      key: 'name',
      title: 'Name',
      wrap: true,
      cell: ({ name }) => (
        <span className={classes.person}>
          {name} {name === me && <Tag>you</Tag>}
        </span>
      ),
    },
    { key: 'role', title: 'Role', width: '18%', cell: ({ role }) => <span title={mayOf(role)}>{role}</span> },
    {
      key: 'seen',
      title: 'Last seen',
      width: '18%',
      cell: ({ last_seen }) => (last_seen ? <When at={last_seen} /> : 'never'),
    },
    {
      key: 'since',
      title: 'Member since',
      width: '18%',
      from: 'sm',
      cell: ({ created }) => <When at={created} />,
    },
  ];
  if (manage) {
    columns.push({
      key: 'menu',
      title: <span className={classes.spoken}>What to do</span>,
      align: 'right',
      width: 56,
      cell: (person) => (
        <PersonMenu
          person={person}
          onlyOwner={person.role === 'owner' && owners === 1}
          onChoose={(deed) => {
            choose({ name: person.name, deed });
            setOpened(true);
          }}
        />
      ),
    });
  }
  return (
    <>
      <DataTable
        label="People"
        columns={columns}
        rows={rows}
        rowKey={({ name }) => name}
        error={people.error}
        retry={() => void people.refetch()}
        empty={
          <EmptyState title="Nobody yet" command="tollgate invite --role owner">
            The command makes a link by which the first owner comes in.
          </EmptyState>
        }
      />
      {chosen && (
        <DeedDialog chosen={chosen} opened={opened} onClose={() => setOpened(false)} onMade={props.onMade} />
      )}
    </>
  );
}

/** Whom to ask, for those who may only look. */
function ownersWords(people: Person[] | undefined): string {
  const owners = people?.filter(({ role }) => role === 'owner').map(({ name }) => name) ?? [];
  const ask = owners.length > 0 ? `: ${owners.join(', ')}` : '';
  return `Only an owner may invite people, change their roles or send them away${ask}.`;
}
