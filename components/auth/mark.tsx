/** Two jacks on a cable: Patchbay's mark. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" strokeLinecap="round" aria-hidden="true">
      <circle cx="6" cy="6.5" r="4" stroke="var(--text)" strokeWidth="2" />
      <circle cx="18" cy="17.5" r="4" stroke="var(--text)" strokeWidth="2" />
      <path d="M6 6.5C6 25 18 -1 18 17.5" stroke="var(--accent)" strokeWidth="2.5" />
    </svg>
  );
}
