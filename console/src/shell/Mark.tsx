/** The mark of Tollgate: a barrier that opens. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="#0b6e4f" />
      <path d="M7 18.5v-9M7 13 18 6.5" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" fill="none" />
      <circle cx="7" cy="13" r="2" fill="#fff" />
    </svg>
  );
}
