import { type RefObject, useEffect, useEffectEvent, useRef } from 'react';

const DIALOGS = '[role="dialog"][aria-modal="true"]';

/**
 * Lets Esc close a drawer, unless it is pressed in a dialog that lies above it: then it is meant for that one. Give
 * the drawer the ref, and take `closeOnEscape` away from it.
 */
export function useTopEscape(opened: boolean, close: () => void): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null);
  const press = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : undefined;
    if (!opened || event.key !== 'Escape' || event.isComposing) return;
    // An open list or menu within the drawer takes the key for itself.
    if (target?.getAttribute('data-mantine-stop-propagation') === 'true') return;
    const dialog = target?.closest(DIALOGS) ?? Array.from(document.querySelectorAll(DIALOGS)).at(-1);
    if (dialog && root.current?.contains(dialog)) close();
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listen, { capture: true });
    return () => window.removeEventListener('keydown', listen, { capture: true });
  }, []);
  return root;
}
