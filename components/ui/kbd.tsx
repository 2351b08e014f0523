import { Fragment } from "react";

/** Keys to press together, drawn one by one. */
export function Kbd({ keys }: { keys: readonly string[] }) {
  return (
    <span className="inline-flex gap-[3px]">
      {keys.map((key, at) => (
        <Fragment key={key}>
          {at > 0 && <span className="sr-only"> plus </span>}
          <kbd className="ui-kbd">{key}</kbd>
        </Fragment>
      ))}
    </span>
  );
}
