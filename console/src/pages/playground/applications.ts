import type { Schemas } from '@/api/client';

/** An application that can call, and the team that pays. */
export interface Caller {
  name: string;
  title: string;
  team: string;
}

/** The applications among resources, of one team or of all. */
export function applicationsOf(resources: Schemas['Resource'][], team: string | undefined): Caller[] {
  return resources
    .map(({ name, spec }) => {
      const { title, team: owner } = spec as Schemas['ApplicationSpec'];
      return { name, title: title || name, team: owner };
    })
    .filter((caller) => !team || caller.team === team);
}
