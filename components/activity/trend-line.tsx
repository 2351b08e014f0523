const WIDTH = 200;
const HEIGHT = 28;
const EDGE = 2;

export interface TrendLineProps {
  /** One value an hour, oldest first; null where there was no call. */
  values: readonly (number | null)[];
  series?: 1 | 2;
  /** The value at the foot of the line; else the least one. */
  floor?: number;
}

/** How a figure moved over the day. Decoration: the figure stands above it. */
export function TrendLine({ values, series = 1, floor }: TrendLineProps) {
  const known = values.filter((value) => value !== null);
  const least = floor ?? Math.min(...known);
  const most = Math.max(...known, least);
  const y = (value: number) => (most === least ? HEIGHT / 2 : HEIGHT - EDGE - ((value - least) / (most - least)) * (HEIGHT - 2 * EDGE));
  const step = WIDTH / Math.max(values.length - 1, 1);
  return (
    <svg className="mt-1.5 block h-7 w-full" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <path
        d={pathOf(values.map((value, index) => (value === null ? null : [index * step, y(value)])))}
        fill="none"
        stroke={`var(--chart-${series})`}
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** A line with gaps where nothing is known. */
function pathOf(points: readonly ([x: number, y: number] | null)[]): string {
  return points
    .map((point, index) => point && `${points[index - 1] ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`)
    .filter(Boolean)
    .join("");
}
