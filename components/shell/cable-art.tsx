const PITCH = 60;
const places = Array.from({ length: 7 }, (_, at) => at * PITCH + PITCH / 2);

const cables = [
  { from: [90, 90], to: [270, 210], path: "M90 90C90 300 270 30 270 210", plugged: true },
  { from: [330, 30], to: [390, 330], path: "M330 30C330 260 390 100 390 330", plugged: false },
  { from: [30, 270], to: [210, 390], path: "M30 270C30 440 210 220 210 390", plugged: false },
] as const;

/** A bay of 7 by 7 jacks with three cables, one of them live. */
export function CableArt() {
  return (
    <svg width="420" height="420" viewBox="0 0 420 420" fill="none" strokeLinecap="round" aria-hidden>
      {places.flatMap((y) =>
        places.map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="12" stroke="var(--line-strong)" strokeWidth="2" />),
      )}
      {cables.map(({ path, plugged }) => (
        <path key={path} d={path} stroke={plugged ? "var(--accent)" : "var(--line-field)"} strokeWidth="5" />
      ))}
      {cables.flatMap(({ from, to, plugged }) =>
        [from, to].map(([x, y]) => (
          <circle key={`${x} ${y}`} cx={x} cy={y} r="12" stroke={plugged ? "var(--text)" : "var(--line-field)"} strokeWidth="3" />
        )),
      )}
    </svg>
  );
}
