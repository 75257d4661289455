import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { startLive } from '@/api/live';
import { SessionProvider } from '@/api/session';
import { ErrorState } from '@/parts/ErrorState';
import { Nav } from './Nav';
import classes from './Shell.module.css';
import { TopBar } from './TopBar';
import { useShortcuts } from './useShortcuts';

const Palette = lazy(() => import('./palette/Palette'));
const Shortcuts = lazy(() => import('./Shortcuts'));

/** What is around every page: navigation, top bar, palette. */
export function Shell() {
  return (
    <SessionProvider
      pending={<Frame pending />}
      failed={(error, retry) => (
        <div className={classes.alone}>
          <ErrorState error={error} retry={retry} />
        </div>
      )}
    >
      <Frame />
    </SessionProvider>
  );
}

/** The frame; while the session is on its way it stands already, empty. */
function Frame({ pending }: { pending?: boolean }) {
  const [menu, { open, close }] = useDisclosure(false);
  const [sheet, setSheet] = useState<'palette' | 'shortcuts'>();
  useShortcuts(setSheet);
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <aside className={classes.side}>
        <Nav />
      </aside>
      <Drawer
        opened={menu}
        onClose={close}
        position="left"
        size={264}
        withCloseButton={false}
        padding={0}
        attributes={{ content: { 'aria-label': 'Pages' } }}
      >
        <Nav onGo={close} />
      </Drawer>
      <div className={classes.main}>
        {pending ? (
          <div className={classes.bar} />
        ) : (
          <TopBar menuOpened={menu} openMenu={open} openPalette={() => setSheet('palette')} />
        )}
        <main id="content" tabIndex={-1} className={classes.content}>
          {!pending && <Outlet />}
        </main>
      </div>
      {!pending && <Live />}
      <Suspense>
        {sheet === 'palette' && <Palette onClose={() => setSheet(undefined)} />}
        {sheet === 'shortcuts' && <Shortcuts onClose={() => setSheet(undefined)} />}
      </Suspense>
    </div>
  );
}

function Live() {
  const queries = useQueryClient();
  useEffect(() => startLive(queries), [queries]);
  return null;
}
