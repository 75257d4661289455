import { type LinkProps, useLocation, useNavigate, useRouter } from '@tanstack/react-router';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The step before this one is the same list without a call beside it. */
    beside?: boolean;
  }
}

/**
 * The call beside the list, which is one step for "back" however many calls are looked at: opening one goes a step,
 * the next call takes its place, and closing goes the step back.
 */
export function useBeside(opened: string | undefined): {
  linkTo: (id: string) => LinkProps;
  close: () => void;
} {
  const navigate = useNavigate();
  const { history } = useRouter();
  const stepped = useLocation({ select: ({ state }) => state.beside === true });
  const step = (call: string | undefined) => ({
    to: '.' as const,
    search: (before: object) => ({ ...before, call }),
    resetScroll: false,
  });
  return {
    linkTo: (id) => ({
      ...step(id),
      replace: opened !== undefined,
      state: { beside: opened === undefined || stepped },
    }),
    close: () => {
      if (stepped) history.back();
      // Whoever came by a link to the call has no list behind it.
      else void navigate({ ...step(undefined), replace: true });
    },
  };
}
