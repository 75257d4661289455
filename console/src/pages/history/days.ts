const weekday = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** The day of a time in the zone of whoever looks: `Today`, `Yesterday`, `Monday 23 November 2026`. */
export function dayOf(at: string, now: Date = new Date()): string {
  const day = new Date(at);
  if (day.toDateString() === now.toDateString()) return 'Today';
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  return day.toDateString() === yesterday.toDateString() ? 'Yesterday' : weekday.format(day).replace(',', '');
}
