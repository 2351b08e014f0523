"use client";

/** Entries of one object or list that are shown: a sample of thousands teaches no more. */
const MOST_ENTRIES = 100;
const DEEPEST = 12;

export interface SampleTreeProps {
  value: unknown;
  /** The JSON path that is chosen now. */
  chosen: string;
  onChoose: (path: string) => void;
  label: string;
}

/** A captured event whose fields can be clicked: each gives its JSON path. */
export function SampleTree({ value, chosen, onChoose, label }: SampleTreeProps) {
  return (
    <section className="ui-well trig-tree" aria-label={label}>
      <Node value={value} path="$" depth={0} chosen={chosen} onChoose={onChoose} />
    </section>
  );
}

type NodeProps = Omit<SampleTreeProps, "label"> & { path: string; depth: number };

function Node({ value, path, depth, chosen, onChoose }: NodeProps) {
  if (typeof value !== "object" || value === null || depth > DEEPEST) {
    return (
      <button type="button" aria-pressed={path === chosen} aria-label={`Use ${path}`} title={path} onClick={() => onChoose(path)}>
        <span className={typeof value === "string" ? "tok-string" : "tok-number"}>{cut(JSON.stringify(value) ?? "null")}</span>
      </button>
    );
  }
  const entries = Object.entries(value).slice(0, MOST_ENTRIES);
  const isList = Array.isArray(value);
  return (
    <ul>
      {entries.map(([key, inner]) => (
        <li key={key}>
          <span className="tok-key">{isList ? key : JSON.stringify(key)}</span>:{" "}
          <Node value={inner} path={pathTo(path, key, isList)} depth={depth + 1} chosen={chosen} onChoose={onChoose} />
        </li>
      ))}
    </ul>
  );
}

/** RFC 9535: a name that is a word stands after a dot, any other in brackets. */
const pathTo = (path: string, key: string, isIndex: boolean): string => {
  if (isIndex) return `${path}[${key}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `${path}.${key}` : `${path}['${key.replace(/[\\']/g, "\\$&")}']`;
};

const LONGEST = 80;
const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
