import { clsx } from "clsx";
import { Fragment, type ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

export interface KeyValue {
  name: string;
  value: ReactNode;
}

/** Names in text-3 beside their values. */
export function KeyValues({
  items,
  size = "medium",
  className,
}: {
  items: readonly KeyValue[];
  size?: "small" | "medium";
  className?: string;
}) {
  return (
    <dl className={clsx("ui-dl", className)} data-size={size}>
      {items.map(({ name, value }) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Something a machine reads, under its name, with a copy button; cut where it is too long. */
export function IdRow({ name, value }: { name: string; value: string }) {
  return (
    <div className="ui-id-row">
      <div>
        <span className="ui-id-row-name">{name}</span>
        <code title={value}>{value}</code>
      </div>
      <CopyButton text={value} label={`Copy ${name}`} />
    </div>
  );
}

/** Up to four figures in a strip, with a small line under each. */
export function FigureStrip({ figures }: { figures: readonly { name: string; value: ReactNode; note?: ReactNode }[] }) {
  return (
    <dl className="ui-strip">
      {figures.map(({ name, value, note }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {note && (
            <dd className="contents">
              <small>{note}</small>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
