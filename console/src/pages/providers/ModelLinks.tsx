import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';

/** Names of models, each a link to what it means. */
export function ModelLinks({ names }: { names: string[] }) {
  return names.map((name, index) => (
    <Fragment key={name}>
      {index > 0 && ', '}
      <Link to="/models" search={{ open: name }}>
        {name}
      </Link>
    </Fragment>
  ));
}
