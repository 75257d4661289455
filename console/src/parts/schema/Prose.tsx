/** The text of a description: `code` between backticks, one line. */
export function Prose({ text }: { text: string }) {
  const pieces = text.replace(/\s+/g, ' ').split('`');
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name
  return pieces.map((piece, index) => (index % 2 ? <code key={index}>{piece}</code> : piece));
}
