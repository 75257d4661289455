import { nonce } from './nonce';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './theme.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueries } from './api/queries';
import { noteSignedIn } from './api/signedIn';
import { router } from './router';
import { theme, variables } from './theme';

const queries = createQueries(() => {
  noteSignedIn(false);
  const { pathname, href } = router.state.location;
  if (pathname !== '/signin') {
    void router.navigate({ to: '/signin', search: { next: href }, replace: true });
  }
});

const colours = localStorageColorSchemeManager({ key: 'tollgate-colours' });
const place = document.getElementById('root');

if (place) {
  createRoot(place).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        colorSchemeManager={colours}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-right" autoClose={6000} limit={4} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
