export interface HourOfCalls {
  calls: number;
  failed: number;
}

const HEIGHT = 20;
const PITCH = 4;
const BAR = 3;
const LEAST = 2;

/**
 * 24 bars, one an hour: height is the number of calls, the red part failed. Decoration: put the value beside it.
 * Bars of one colour are one path: an element for each bar would be more than half of a long list's page.
 */
export function Sparkline({ hours }: { hours: readonly HourOfCalls[] }) {
  const most = Math.max(...hours.map((hour) => hour.calls), 0);
  const width = hours.length * PITCH - (PITCH - BAR);
  const { quiet, called, failed } = drawBars(hours, most);
  return (
    <svg className="ui-sparkline" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden>
      {quiet && <path d={quiet} fill="var(--line-strong)" />}
      {called && <path d={called} fill="var(--chart-1)" />}
      {failed && <path d={failed} fill="var(--chart-5xx)" />}
    </svg>
  );
}

function drawBars(hours: readonly HourOfCalls[], most: number) {
  const paths = { quiet: "", called: "", failed: "" };
  for (const [at, { calls, failed }] of hours.entries()) {
    const full = calls > 0 ? Math.max(LEAST, Math.round((calls / most) * HEIGHT)) : LEAST;
    const red = failed > 0 ? Math.min(full, Math.max(1, Math.round((failed / calls) * full))) : 0;
    const bar = (top: number, height: number) => `M${at * PITCH} ${top}h${BAR}v${height}h-${BAR}z`;
    if (red < full) paths[calls > 0 ? "called" : "quiet"] += bar(HEIGHT - full, full - red);
    if (red > 0) paths.failed += bar(HEIGHT - red, red);
  }
  return paths;
}
