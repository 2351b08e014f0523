export interface HourOfCalls {
  calls: number;
  failed: number;
}

const HOURS = 24;
const HEIGHT = 20;
const PITCH = 4;
const BAR = 3;
const LEAST = 2;
const WIDTH = HOURS * PITCH - (PITCH - BAR);
/** Under every bar, which covers it, is the mark of a quiet hour: a dash as wide as a bar. */
const QUIET = `<path d="M0 ${HEIGHT - LEAST / 2}h${WIDTH}" stroke="var(--line-strong)" stroke-width="${LEAST}" stroke-dasharray="${BAR} ${PITCH - BAR}"/>`;

/**
 * 24 bars, one an hour, oldest first: height is the number of calls, the red part failed; null without any call. Decoration: put the
 * value beside it. Bars of one colour are one path, and the paths one string: an element for each bar would be more than half of a
 * long list's page.
 */
export function Sparkline({ hours }: { hours: readonly HourOfCalls[] | null }) {
  return (
    <svg
      className="ui-sparkline"
      width={WIDTH}
      height={HEIGHT}
      aria-hidden
      // biome-ignore lint/security/noDangerouslySetInnerHtml: numbers only
      dangerouslySetInnerHTML={{ __html: hours ? QUIET + drawBars(hours) : QUIET }}
    />
  );
}

function drawBars(hours: readonly HourOfCalls[]): string {
  const most = Math.max(...hours.map(({ calls }) => calls));
  let [called, red] = ["", ""];
  for (const [at, { calls, failed }] of hours.entries()) {
    if (calls === 0) continue;
    const full = Math.max(LEAST, Math.round((calls / most) * HEIGHT));
    const part = failed > 0 ? Math.min(full, Math.max(1, Math.round((failed / calls) * full))) : 0;
    const bar = (top: number, height: number) => `M${at * PITCH} ${top}h${BAR}v${height}h-${BAR}z`;
    if (part < full) called += bar(HEIGHT - full, full - part);
    if (part > 0) red += bar(HEIGHT - part, part);
  }
  const inColour = (path: string, colour: string) => (path ? `<path d="${path}" fill="var(--${colour})"/>` : "");
  return inColour(called, "chart-1") + inColour(red, "chart-5xx");
}
