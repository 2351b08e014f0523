const columns = [20, 64, 108, 152, 196];
const rows = [20, 68];

/** The panel of jacks with one cable: the only picture of empty states. */
export function JackPanelArt() {
  return (
    <svg width="216" height="88" viewBox="0 0 216 88" fill="none" strokeLinecap="round" aria-hidden>
      <g stroke="var(--line-field)" strokeWidth="2">
        {columns.flatMap((x) => rows.map((y) => <circle key={`${x} ${y}`} cx={x} cy={y} r="10" />))}
      </g>
      <path d="M64 20C64 82 152 6 152 68" stroke="var(--accent)" strokeWidth="4" />
      <g stroke="var(--text)" strokeWidth="2.5">
        <circle cx="64" cy="20" r="10" />
        <circle cx="152" cy="68" r="10" />
      </g>
    </svg>
  );
}
