/** The fields of the form of a key, and the request that they make. */
import type { Schemas } from '@/api/client';

/** How long a key works. */
export const LIVES = [
  { value: 'never', label: 'Never' },
  { value: '30d', label: 'In 30 days' },
  { value: '90d', label: 'In 90 days' },
  { value: 'until', label: 'On a day' },
] as const;

/** What stands in the form. */
export interface Fields {
  application: string;
  /** Empty for one that is made from the application's. */
  name: string;
  life: (typeof LIVES)[number]['value'];
  /** The last day of a key that works until then, such as `2026-12-31`. */
  until: string;
  models: string[];
}

/** Why the form cannot be sent yet. */
export function blocked(fields: Fields, now: number): string | undefined {
  if (!fields.application) return 'Say for which application.';
  if (fields.life !== 'until') return undefined;
  const ends = endOf(fields.until);
  if (ends === undefined) return 'Say until when it works.';
  return ends.getTime() <= now ? 'That day is over.' : undefined;
}

/** The request that the form stands for. */
export function bodyOf(fields: Fields): Schemas['KeyBody'] {
  const name = fields.name.trim();
  return {
    application: fields.application,
    ...(name && { name }),
    ...(fields.life === 'until' && { expires_at: endOf(fields.until)?.toISOString() }),
    ...((fields.life === '30d' || fields.life === '90d') && { expires_in: fields.life }),
    models: fields.models,
  };
}

/** What to choose from for a text: names that fit, and the prefixes that they have in common. */
export function modelChoices(names: string[]): string[] {
  const prefixes = names.flatMap((name) =>
    name.includes('/') ? [`${name.slice(0, name.indexOf('/') + 1)}*`] : [],
  );
  return [...new Set([...prefixes, ...names])];
}

/** The last moment of a day where the reader is. */
function endOf(day: string): Date | undefined {
  const end = new Date(`${day}T23:59:59`);
  return day === '' || Number.isNaN(end.getTime()) ? undefined : end;
}
