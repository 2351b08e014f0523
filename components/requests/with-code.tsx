import { Fragment } from "react";

/** Words between backticks, and JSON paths, as code. */
export function WithCode({ text }: { text: string }) {
  return text.split(/(`[^`]+`|\$(?:\.[A-Za-z_]\w*|\[[^\]]+\])+)/).map((piece, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence never reorder.
      <code key={index}>{piece.replaceAll("`", "")}</code>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above.
      <Fragment key={index}>{piece}</Fragment>
    ),
  );
}
