/**
 * For fields that choose from a list (`Select`, `TagsInput`, `Autocomplete`): the list itself scrolls, so that it
 * belongs to its field for those who listen, and not a frame around it that no key reaches. Spread it into them.
 */
export const listed = {
  withScrollArea: false,
  styles: { options: { maxHeight: 260, overflowY: 'auto' } },
} as const;
