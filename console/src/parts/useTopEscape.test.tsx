import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTopEscape } from './useTopEscape';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

let place: HTMLElement;
let root: Root;
const close = vi.fn();

function Drawer({ opened = true }: { opened?: boolean }) {
  return (
    <div ref={useTopEscape(opened, close)}>
      <div role="dialog" aria-modal="true">
        <input id="below" />
        <input id="list" data-mantine-stop-propagation="true" />
      </div>
    </div>
  );
}

function Above() {
  return (
    <div role="dialog" aria-modal="true">
      <input id="above" />
    </div>
  );
}

beforeEach(() => {
  close.mockClear();
  place = document.createElement('div');
  document.body.append(place);
  root = createRoot(place);
});

afterEach(async () => {
  await act(async () => root.unmount());
  place.remove();
});

const press = (key: string, target: EventTarget | null) =>
  target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));

it('closes the drawer by Esc, wherever the focus is', async () => {
  await act(async () => root.render(<Drawer />));
  press('Escape', place.querySelector('#below'));
  press('Escape', document.body);
  expect(close).toHaveBeenCalledTimes(2);
});

it('leaves Esc to a dialog above the drawer', async () => {
  await act(async () =>
    root.render(
      <>
        <Drawer />
        <Above />
      </>,
    ),
  );
  press('Escape', place.querySelector('#above'));
  press('Escape', document.body);
  expect(close).not.toHaveBeenCalled();
});

it('leaves Esc to an open list, other keys to whom they are for, and a closed drawer closed', async () => {
  await act(async () => root.render(<Drawer />));
  press('Escape', place.querySelector('#list'));
  press('Enter', place.querySelector('#below'));
  await act(async () => root.render(<Drawer opened={false} />));
  press('Escape', place.querySelector('#below'));
  expect(close).not.toHaveBeenCalled();
});
