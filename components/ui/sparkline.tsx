export interface HourOfCalls {
  calls: number;
  failed: number;
}

const HEIGHT = 20;
const PITCH = 4;
const BAR = 3;
const LEAST = 2;

/** 24 bars, one an hour: height is the number of calls, the red part failed. Decoration: put the value beside it. */
export function Sparkline({ hours }: { hours: readonly HourOfCalls[] }) {
  const most = Math.max(...hours.map((hour) => hour.calls), 0);
  const width = hours.length * PITCH - (PITCH - BAR);
  return (
    <svg className="ui-sparkline" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden>
      {hours.map(({ calls, failed }, at) => {
        const full = calls > 0 ? Math.max(LEAST, Math.round((calls / most) * HEIGHT)) : LEAST;
        const red = failed > 0 ? Math.min(full, Math.max(1, Math.round((failed / calls) * full))) : 0;
        const bar = { x: at * PITCH, width: BAR };
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its hour.
          <g key={at}>
            <rect {...bar} y={HEIGHT - full} height={full - red} fill={calls > 0 ? "var(--chart-1)" : "var(--line-strong)"} />
            {red > 0 && <rect {...bar} y={HEIGHT - red} height={red} fill="var(--chart-5xx)" />}
          </g>
        );
      })}
    </svg>
  );
}
