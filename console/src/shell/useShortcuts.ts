import { useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef } from 'react';
import { isTyping } from '@/parts/useRowKeys';
import { useNav } from './nav';

/** What lies over the page when it was asked for by a key. */
export type Sheet = 'palette' | 'shortcuts';

/** How long `g` waits for the letter of a page, in milliseconds. */
const PATIENCE = 1200;

/** The keys that work on every page: mod+K and /, ?, g and a page's letter. */
export function useShortcuts(show: (sheet: Sheet) => void): void {
  const pages = useNav().flatMap((group) => group.pages);
  const navigate = useNavigate();
  const { toggleColorScheme } = useMantineColorScheme();
  const going = useRef(0);

  const press = useEffectEvent((event: KeyboardEvent) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      // What a dialog asks or shows comes first; beside a drawer one may go on.
      if (!document.querySelector('.mantine-Modal-content')) show('palette');
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('[role="dialog"]')) return;
    const page = pages.find(({ key }) => key === event.key);
    if (page && event.timeStamp - going.current < PATIENCE) {
      going.current = 0;
      void navigate({ to: page.to });
    } else if (event.key === 'g') going.current = event.timeStamp;
    else if (event.key === '?') show('shortcuts');
    else if (event.key === '/') {
      event.preventDefault();
      show('palette');
    } else if (event.key === 'D') toggleColorScheme();
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
