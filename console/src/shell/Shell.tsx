import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { startLive } from '@/api/live';
import { SessionProvider } from '@/api/session';
import { ErrorState } from '@/parts/ErrorState';
import { Nav, PendingNav } from './Nav';
import classes from './Shell.module.css';
import { TopBar } from './TopBar';
import { type Sheet, useShortcuts } from './useShortcuts';

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
  const [sheet, setSheet] = useState<Sheet>();
  const focused = useRef<Element>(null);
  const show = (wanted: Sheet) => {
    focused.current = document.activeElement;
    setSheet(wanted);
  };
  const hide = () => {
    setSheet(undefined);
    if (focused.current instanceof HTMLElement) focused.current.focus({ preventScroll: true });
  };
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <aside className={classes.side}>{pending ? <PendingNav /> : <Nav />}</aside>
      <Drawer
        opened={menu}
        onClose={close}
        position="left"
        size={264}
        withCloseButton={false}
        padding={0}
        attributes={{ content: { 'aria-label': 'Pages' } }}
      >
        <Nav onClose={close} />
      </Drawer>
      <div className={classes.main}>
        {pending ? (
          <div className={classes.bar} />
        ) : (
          <TopBar menuOpened={menu} openMenu={open} openPalette={() => show('palette')} />
        )}
        <main id="content" tabIndex={-1} className={classes.content}>
          {!pending && <Outlet />}
        </main>
      </div>
      {!pending && <Live />}
      {!pending && <Keys show={show} />}
      <Suspense>
        {sheet === 'palette' && <Palette onClose={hide} />}
        {sheet === 'shortcuts' && <Shortcuts onClose={hide} />}
      </Suspense>
    </div>
  );
}

function Keys({ show }: { show: (sheet: Sheet) => void }) {
  useShortcuts(show);
  return null;
}

function Live() {
  const queries = useQueryClient();
  useEffect(() => startLive(queries), [queries]);
  return null;
}
