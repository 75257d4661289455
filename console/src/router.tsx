/** All addresses of the console, on one page. Each page is loaded when it is first visited. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  retainSearchParams,
} from '@tanstack/react-router';
import { search as account } from './pages/account/search';
import { search as applications } from './pages/applications/search';
import { search as budgets } from './pages/budgets/search';
import { search as call } from './pages/call/search';
import { search as calls } from './pages/calls/search';
import { search as doctor } from './pages/doctor/search';
import { search as history } from './pages/history/search';
import { search as ledger } from './pages/ledger/search';
import { search as members } from './pages/members/search';
import { search as models } from './pages/models/search';
import { search as overview } from './pages/overview/search';
import { search as playground } from './pages/playground/search';
import { search as providers } from './pages/providers/search';
import { search as refusals } from './pages/refusals/search';
import { search as signin } from './pages/signin/search';
import { search as wallets } from './pages/wallets/search';
import { ErrorState } from './parts/ErrorState';
import { PageSkeleton } from './parts/Loading';
import { params, parseSearch, writeSearch } from './search';
import { NotFound } from './shell/NotFound';
import { Shell } from './shell/Shell';

const root = createRootRoute({ component: Outlet });

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  validateSearch: params('team'),
  search: { middlewares: [retainSearchParams(['team'])] },
});

const inShell = () => shell;
const bare = () => root;

const routes = [
  shell.addChildren([
    createRoute({
      getParentRoute: inShell,
      path: '/',
      validateSearch: overview,
      component: lazyRouteComponent(() => import('./pages/overview')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/models',
      validateSearch: models,
      component: lazyRouteComponent(() => import('./pages/models')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/providers',
      validateSearch: providers,
      component: lazyRouteComponent(() => import('./pages/providers')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/playground',
      validateSearch: playground,
      component: lazyRouteComponent(() => import('./pages/playground')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/applications',
      validateSearch: applications,
      component: lazyRouteComponent(() => import('./pages/applications')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/calls',
      validateSearch: calls,
      component: lazyRouteComponent(() => import('./pages/calls')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/calls/$id',
      validateSearch: call,
      component: lazyRouteComponent(() => import('./pages/call')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/budgets',
      validateSearch: budgets,
      component: lazyRouteComponent(() => import('./pages/budgets')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/wallets',
      validateSearch: wallets,
      component: lazyRouteComponent(() => import('./pages/wallets')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/ledger',
      validateSearch: ledger,
      component: lazyRouteComponent(() => import('./pages/ledger')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/refusals',
      validateSearch: refusals,
      component: lazyRouteComponent(() => import('./pages/refusals')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/members',
      validateSearch: members,
      component: lazyRouteComponent(() => import('./pages/members')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/history',
      validateSearch: history,
      component: lazyRouteComponent(() => import('./pages/history')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/doctor',
      validateSearch: doctor,
      component: lazyRouteComponent(() => import('./pages/doctor')),
    }),
    createRoute({
      getParentRoute: inShell,
      path: '/account',
      validateSearch: account,
      component: lazyRouteComponent(() => import('./pages/account')),
    }),
    createRoute({ getParentRoute: inShell, path: '$', component: NotFound }),
  ]),
  createRoute({
    getParentRoute: bare,
    path: '/signin',
    validateSearch: signin,
    component: lazyRouteComponent(() => import('./pages/signin')),
  }),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingMinMs: 0,
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
