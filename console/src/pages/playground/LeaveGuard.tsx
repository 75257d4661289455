import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from '@/parts/ConfirmDialog';

/** Asks before the page is left while there is a conversation, which is kept nowhere. */
export function LeaveGuard({ active }: { active: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => active && current.pathname !== next.pathname,
    enableBeforeUnload: active,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={status === 'blocked'}
      onClose={() => reset?.()}
      title="Leave the playground?"
      hits="The conversation is kept nowhere and will be gone. Its calls stay in the list of calls."
      verb="Leave"
      danger={false}
      onConfirm={async () => proceed?.()}
    />
  );
}
