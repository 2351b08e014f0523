"use client";

import { AxisBottom, AxisLeft } from "@visx/axis";
import { scaleLinear } from "@visx/scale";
import { AreaStack, Bar, LinePath } from "@visx/shape";
import { type PointerEvent, useEffect, useRef, useState } from "react";

/** Well: pale with a solid edge. Failed: solid, since the eye should go there. */
export type PlotSeries = {
  name: string;
  colour: string;
  look: "well" | "failed" | "line" | "dashed";
  /** One a bin, oldest first; null where nothing is known. */
  values: readonly (number | null)[];
};

export interface PlotProps {
  kind: "areas" | "lines" | "bars";
  series: readonly PlotSeries[];
  height: number;
  /** The start of a bin in words: short for the axis, long for the pointer. */
  tick: (bin: number) => string;
  title: (bin: number) => string;
  format: (value: number) => string;
}

const LEFT = 44;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 24;
const BAR_SHARE = 0.8;
const NARROW = 420;

/** Draws series of one length over the same bins. Decoration for the eye: the card around it says the same in words and as a table. */
export default function Plot({ kind, series, height, tick, title, format }: PlotProps) {
  const { ref, width } = useWidth();
  const [pointed, setPointed] = useState<number | null>(null);
  const count = series[0]?.values.length ?? 0;
  const isBars = kind === "bars";
  const x = scaleLinear({
    domain: isBars ? [-0.5, count - 0.5] : [0, Math.max(count - 1, 1)],
    range: [LEFT, Math.max(width - RIGHT, LEFT)],
  });
  const y = scaleLinear({ domain: [0, highest(kind, series, count)], range: [height - BOTTOM, TOP], nice: 3 });
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const bin = Math.round(x.invert(event.clientX - box.left));
    setPointed(bin >= 0 && bin < count ? bin : null);
  };
  const parts = { series, count, x, y };
  return (
    <div ref={ref} className="overview-plot" style={{ height }}>
      {width > 0 && (
        <svg width={width} height={height} aria-hidden onPointerMove={point} onPointerLeave={() => setPointed(null)}>
          {y.ticks(3).map((value) => (
            <line key={value} x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} stroke="var(--chart-grid)" />
          ))}
          {kind === "areas" && <Areas {...parts} />}
          {kind === "bars" && <Bars {...parts} />}
          {kind === "lines" && <Lines {...parts} />}
          {pointed !== null && (
            <line x1={x(pointed)} x2={x(pointed)} y1={TOP} y2={height - BOTTOM} stroke="var(--line-field)" strokeDasharray="2 2" />
          )}
          <AxisLeft scale={y} left={LEFT} numTicks={3} hideAxisLine hideTicks tickFormat={(value) => shorten(Number(value))} />
          <AxisBottom
            scale={x}
            top={height - BOTTOM}
            hideAxisLine
            hideTicks
            tickValues={tickBins(count, width)}
            tickFormat={(value) => tick(Number(value))}
            tickLabelProps={(_, index, values) => ({
              textAnchor: isBars ? "middle" : index === 0 ? "start" : index === values.length - 1 ? "end" : "middle",
            })}
          />
        </svg>
      )}
      {pointed !== null && (
        <div className="overview-tip" aria-hidden style={tipPlace(x(pointed), width)}>
          <b>{title(pointed)}</b>
          {series.map(({ name, colour, look, values }) => (
            <span key={name}>
              <Swatch colour={colour} look={look} />
              {name}
              <i>{values[pointed] === null || values[pointed] === undefined ? "none" : format(values[pointed])}</i>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

function Swatch({ colour, look }: Pick<PlotSeries, "colour" | "look">) {
  return <em className="overview-swatch" data-look={look} style={{ color: `var(--${colour})` }} />;
}

type Scale = ReturnType<typeof scaleLinear<number>>;
type PartProps = { series: readonly PlotSeries[]; count: number; x: Scale; y: Scale };

const valueAt = (series: readonly PlotSeries[], name: string, bin: number): number =>
  series.find((each) => each.name === name)?.values[bin] ?? 0;

function Areas({ series, count, x, y }: PartProps) {
  return (
    <AreaStack<number, string>
      data={Array.from({ length: count }, (_, bin) => bin)}
      keys={series.map(({ name }) => name)}
      value={(bin, name) => valueAt(series, name, bin)}
      x={({ data }) => x(data)}
      y0={([from]) => y(from)}
      y1={([, to]) => y(to)}
    >
      {({ stacks, path }) =>
        stacks.map((stack, at) => {
          const { colour = "chart-1", look = "well" } = series[at] ?? {};
          const edge = stack.map((part, bin) => `${bin === 0 ? "M" : "L"}${x(bin)} ${y(part[1])}`).join("");
          return (
            <g key={stack.key}>
              <path d={path(stack) ?? ""} fill={`var(--${colour})`} fillOpacity={look === "failed" ? 1 : 0.26} />
              {look === "well" && <path d={edge} fill="none" stroke={`var(--${colour})`} strokeWidth="1.5" />}
            </g>
          );
        })
      }
    </AreaStack>
  );
}

function Lines({ series, x, y }: PartProps) {
  return series.map(({ name, colour, look, values }) => (
    <g key={name}>
      <LinePath
        data={[...values]}
        defined={(value) => value !== null}
        x={(_, bin) => x(bin)}
        y={(value) => y(value ?? 0)}
        stroke={`var(--${colour})`}
        strokeWidth={1.75}
        strokeDasharray={look === "dashed" ? "5 3" : undefined}
        fill="none"
      />
      {/* A value between two gaps has no line. */}
      {values.map(
        (value, bin) =>
          value !== null &&
          (values[bin - 1] ?? null) === null &&
          (values[bin + 1] ?? null) === null && (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            <circle key={bin} cx={x(bin)} cy={y(value)} r="2.5" fill={`var(--${colour})`} />
          ),
      )}
    </g>
  ));
}

function Bars({ series, count, x, y }: PartProps) {
  const pitch = x(1) - x(0);
  const width = Math.max(pitch * BAR_SHARE, 1);
  const foot = y(0);
  return Array.from({ length: count }, (_, bin) => {
    let below = 0;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
      <g key={bin}>
        {series.map(({ name, colour, look, values }) => {
          const value = values[bin] ?? 0;
          if (value === 0) return null;
          const from = y(below);
          below += value;
          const top = Math.min(y(below), foot - 2);
          return (
            <g key={name}>
              <Bar
                x={x(bin) - width / 2}
                y={top}
                width={width}
                height={Math.max(from - top, 1)}
                fill={`var(--${colour})`}
                fillOpacity={look === "failed" ? 1 : 0.26}
              />
              {look === "well" && <Bar x={x(bin) - width / 2} y={top} width={width} height={2} fill={`var(--${colour})`} />}
            </g>
          );
        })}
      </g>
    );
  });
}

function highest(kind: PlotProps["kind"], series: readonly PlotSeries[], count: number): number {
  const most = Array.from({ length: count }, (_, bin) => {
    const values = series.map(({ values }) => values[bin] ?? 0);
    return kind === "lines" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0);
  });
  return Math.max(...most, 4);
}

/** First, last and those between: fewer where there is little room. */
function tickBins(count: number, width: number): number[] {
  const parts = width < NARROW ? 2 : 4;
  return Array.from({ length: parts + 1 }, (_, at) => Math.round((at * (count - 1)) / parts));
}

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const shorten = (value: number): string => (Number.isInteger(value) || value >= 1_000 ? COMPACT.format(value).toLowerCase() : "");

const TIP = 160;
const tipPlace = (x: number, width: number) => (x + TIP + 12 > width ? { right: width - x + 8 } : { left: x + 8 });

/** The width that the page leaves; 0 before it is known. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
