import { Link } from '@tanstack/react-router';

/** The way back to the list of providers. */
export function Above() {
  return (
    <>
      <Link to="/providers">Providers</Link> ▸
    </>
  );
}
