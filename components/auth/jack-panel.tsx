const PITCH = 60;
const JACKS = Array.from({ length: 49 }, (_, index) => ({ x: 30 + (index % 7) * PITCH, y: 30 + Math.floor(index / 7) * PITCH }));

const CABLES = [
  { path: "M90 90C90 300 270 30 270 210", ends: ["90,90", "270,210"], live: true },
  { path: "M330 30C330 260 390 100 390 330", ends: ["330,30", "390,330"], live: false },
  { path: "M30 270C30 440 210 220 210 390", ends: ["30,270", "210,390"], live: false },
];

/** Forty-nine jacks, three cables: decoration, hidden from screen readers by whoever shows it. */
export function JackPanel() {
  return (
    <svg width="420" height="420" viewBox="0 0 420 420" fill="none" strokeLinecap="round" role="presentation">
      {JACKS.map(({ x, y }) => (
        <circle key={`${x},${y}`} cx={x} cy={y} r="12" stroke="var(--line-strong)" strokeWidth="2" />
      ))}
      {CABLES.map(({ path, live }) => (
        <path key={path} d={path} stroke={live ? "var(--accent)" : "var(--line-field)"} strokeWidth="5" />
      ))}
      {CABLES.flatMap(({ ends, live }) =>
        ends.map((end) => {
          const [x, y] = end.split(",");
          return <circle key={end} cx={x} cy={y} r="12" stroke={live ? "var(--text)" : "var(--line-field)"} strokeWidth="3" />;
        }),
      )}
    </svg>
  );
}
