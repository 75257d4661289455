import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { counted } from '@/format';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { CopyId } from '@/parts/CopyId';
import { Facts } from '@/parts/Facts';
import { Lines } from '@/parts/Loading';
import { SideDrawer } from '@/parts/SideDrawer';
import { When } from '@/parts/When';
import { useChangeParams } from '@/search';
import classes from './applications.module.css';
import { revokeKey } from './changes';
import { DrawsOn } from './DrawsOn';
import { KeyPair } from './KeyPair';
import { KeyStateTag, LastCall } from './KeyTable';
import { type Application, useDayOfKey, useKeys } from './queries';

/** The key that the address names, at the side of the keys of its application. */
export function KeyDrawer({ application, name }: { application: Application; name: string | undefined }) {
  const change = useChangeParams();
  const { rows } = useKeys(application.name);
  const key = rows?.find((each) => each.name === name);
  return (
    <SideDrawer
      opened={name !== undefined}
      onClose={() => change({ open: application.name, key: undefined })}
      title={name}
    >
      {key && <Whole application={application} held={key} />}
      {!rows && <Lines count={6} />}
      {rows && !key && <p>This application has no key of this name. It may have been deleted.</p>}
    </SideDrawer>
  );
}

function Whole({ application, held }: { application: Application; held: Schemas['Key'] }) {
  const mayMoney = useCan('money:read');
  const { name, hint, state, expires_at, models } = held;
  return (
    <>
      <Facts
        facts={[
          ['Name', <CopyId key="name" id={name} />],
          ['Begins with', <code key="hint">{hint}</code>],
          ['State', <KeyStateTag key="state" state={state} />],
          ['Expires', expires_at ? <When key="at" at={expires_at} absolute /> : 'never'],
          ['Models', models.join(', ') || 'all'],
          ['Last call', <LastCall key="last" name={name} />],
          [
            'Calls',
            <Link key="calls" to="/calls" search={{ key: name }}>
              All calls with it
            </Link>,
          ],
        ]}
      />
      {mayMoney && state === 'active' && (
        <section>
          <h3 className={classes.heading}>Draws on</h3>
          <DrawsOn
            caller={{ team: application.team, application: application.name, key: name }}
            models={models}
            who="this key"
          />
        </section>
      )}
      {state === 'active' && <KeyPair name={name} models={models} />}
      {state === 'active' && <Revoke name={name} />}
    </>
  );
}

function Revoke({ name }: { name: string }) {
  const [asked, ask] = useState(false);
  const queries = useQueryClient();
  const day = useDayOfKey(name, asked);
  if (!useCan('keys:manage')) return null;
  const calls = day.data && `${counted(day.data.items.length, 'call')}${day.data.next ? ' and more' : ''}`;
  return (
    <div>
      <Button variant="light" color="red" onClick={() => ask(true)}>
        Revoke the key
      </Button>
      <ConfirmDialog
        opened={asked}
        onClose={() => ask(false)}
        title={`Revoke ${name}?`}
        verb="Revoke the key"
        name={name}
        hits={
          <>
            Whatever calls with this key stops working at once, and is told that the key was revoked.{' '}
            {calls ? `It made ${calls} in the last 24 h.` : 'Its calls of the last 24 h are being counted.'}{' '}
            This cannot be taken back; another key can be created.
          </>
        }
        onConfirm={async () => {
          await revokeKey(name);
          await queries.invalidateQueries({ queryKey: ['config'] });
        }}
      />
    </div>
  );
}
