import { Fragment, type ReactNode } from "react";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { VariableChip } from "#components/ui/variable-chip.tsx";
import type { SeenRequest } from "#lib/activity/schema.ts";
import { MASK } from "#lib/template/encode-value.ts";
import { UNKNOWN_MARK } from "./unknown-mark.ts";

export interface HttpPreviewProps {
  title: string;
  /** After the title, in text-3: when it is sent. */
  note?: string;
  request: SeenRequest;
  /** Said in place of an address that isn't written yet. */
  addressToCome?: string;
  /** Values of users, marked where they stand. */
  values: readonly string[];
  /** Headers that say nothing here. */
  hide?: readonly string[];
  foot?: ReactNode;
}

/** One request as it will go out, secrets masked. */
export function HttpPreview({ title, note, request, addressToCome, values, hide = [], foot }: HttpPreviewProps) {
  const url = new URL(request.url);
  const path = decodeMasks(url.pathname + url.search);
  const headers = request.headers.filter(([name]) => !hide.includes(name.toLowerCase()));
  const isForm = request.headers.some(([name, value]) => name.toLowerCase() === "content-type" && value.includes("urlencoded"));
  const body = request.body && isForm ? request.body.replaceAll("&", "\n") : request.body;
  const mark = (text: string) => <Marked text={text} values={values} />;
  return (
    <CodeBlock
      className="req-preview"
      label={title}
      wrap
      title={
        <>
          {title} {note && <span className="ml-1 font-normal text-3">{note}</span>}
        </>
      }
      code={plainText(request, path, addressToCome)}
    >
      <span className="tok-keyword">{request.method}</span>{" "}
      {addressToCome ? <span className="tok-muted">{addressToCome}</span> : mark(path)}
      {"\n"}
      {!addressToCome && (
        <>
          <span className="tok-key">Host</span>: {mark(url.host)}
          {"\n"}
        </>
      )}
      {headers.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice, and the list never reorders.
        <Fragment key={index}>
          <span className="tok-key">{name}</span>: {mark(value)}
          {"\n"}
        </Fragment>
      ))}
      {body && (
        <>
          {"\n"}
          {mark(decodeMasks(body))}
        </>
      )}
      {foot}
    </CodeBlock>
  );
}

/** URLs percent-encode the dots of a mask; people should see dots. */
const decodeMasks = (text: string): string => text.replaceAll(encodeURIComponent(MASK), MASK).replace(/(•)(%20|\+)(?=\S{4})/g, "$1 ");

function plainText({ method, url, headers, body }: SeenRequest, path: string, addressToCome?: string): string {
  const start = addressToCome ? `${method} ${addressToCome}` : `${method} ${path}\nHost: ${new URL(url).host}`;
  return [start, ...headers.map(([name, value]) => `${name}: ${value}`), ...(body ? ["", body] : [])].join("\n");
}

/** Text with the values of users as chips, unknown variables waved, and masks as dots. */
function Marked({ text, values }: { text: string; values: readonly string[] }) {
  const wanted = values.filter((value) => value.length > 2).map((value) => value.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"));
  const pattern = new RegExp(`(${[UNKNOWN_MARK.source.replace("(", "(?:"), `${MASK}`, ...wanted].join("|")})`, "g");
  return text.split(pattern).map((piece, index) => {
    const key = `${index}-${piece}`;
    const unknown = UNKNOWN_MARK.exec(piece)?.[1];
    if (unknown) return <VariableChip key={key} path={unknown} kind="unknown" />;
    if (piece === MASK) {
      return (
        <span key={key} className="ui-dots">
          {piece}
        </span>
      );
    }
    if (values.includes(piece)) {
      return (
        <span key={key} className="ui-variable">
          {piece}
        </span>
      );
    }
    return piece;
  });
}
