import type { ReactNode } from "react";

export interface HttpMessageProps {
  /** "GET /v3/tasks" or "200 OK"; left out where it stands elsewhere. */
  start?: ReactNode;
  headers: readonly (readonly [name: string, value: ReactNode])[];
  body?: ReactNode;
  /** Small icon buttons at the top right. */
  tools?: ReactNode;
  /** Names it for screen readers. */
  label: string;
}

/** A request or response as it went over the wire, in a well. */
export function HttpMessage({ start, headers, body, tools, label }: HttpMessageProps) {
  return (
    <div className="ui-well">
      {tools && <span className="ui-well-tools">{tools}</span>}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls. */}
      <pre role="group" aria-label={label}>
        {start && (
          <>
            {start}
            {"\n"}
          </>
        )}
        {headers.map(([name, value], at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice, and the list never reorders.
          <span key={at}>
            <span className="tok-key">{name}</span>: {value}
            {at < headers.length - 1 && "\n"}
          </span>
        ))}
        {body !== undefined && (
          <>
            {(headers.length > 0 || start) && "\n\n"}
            {body}
          </>
        )}
      </pre>
    </div>
  );
}
