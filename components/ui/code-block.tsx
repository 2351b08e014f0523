"use client";

import { type ReactNode, useId, useState } from "react";
import { CopyButton } from "./copy-button.tsx";
import { TabList, tabPanelProps } from "./tab-list.tsx";

export interface CodeSnippet {
  /** Plain text: what Copy gives. */
  code: string;
  /** Highlighted by the server, trusted: the inside of the `<pre>`. */
  html?: string;
}

export interface CodeTab extends CodeSnippet {
  value: string;
  label: string;
}

interface CodeFrame {
  /** Names the block where there is no title, and the language tabs. */
  label: string;
  /** Long lines wrap instead of scrolling. */
  wrap?: boolean;
  className?: string;
}

export type CodeBlockProps = CodeFrame &
  (
    | (CodeSnippet & { title?: ReactNode /** Chips and colours in place of `html`. */; children?: ReactNode; copy?: boolean; tabs?: never })
    | { tabs: readonly CodeTab[]; tab?: string; onTabChange?: (value: string) => void }
  );

export function CodeBlock(props: CodeBlockProps) {
  return props.tabs ? <TabbedCode {...props} /> : <SingleCode {...props} />;
}

function SingleCode({ label, wrap, className, title, code, html, children, copy = true }: CodeBlockProps & { tabs?: never }) {
  return (
    <figure className={`ui-code ${className ?? ""}`} data-wrap={wrap || undefined} aria-label={label}>
      {(title || copy) && (
        <div className="ui-code-head">
          <b>{title ?? label}</b>
          {copy && <CopyButton text={code} label={`Copy ${label}`} className="ui-code-copy" />}
        </div>
      )}
      <Pre label={label} html={html}>
        {children ?? code}
      </Pre>
    </figure>
  );
}

function TabbedCode({ label, wrap, className, tabs, tab, onTabChange }: Extract<CodeBlockProps, { tabs: readonly CodeTab[] }>) {
  const id = useId();
  const [own, setOwn] = useState(tabs[0]?.value ?? "");
  const shown = tabs.find((each) => each.value === (tab ?? own)) ?? tabs[0];
  if (!shown) return null;
  const choose = (value: string) => {
    setOwn(value);
    onTabChange?.(value);
  };
  return (
    <div className={`ui-code ${className ?? ""}`} data-wrap={wrap || undefined}>
      <div className="ui-code-head">
        <TabList label={label} items={tabs} value={shown.value} onChange={choose} look="languages" id={id} />
        <CopyButton text={shown.code} label={`Copy ${shown.label}`} className="ui-code-copy">
          Copy
        </CopyButton>
      </div>
      <div {...tabPanelProps(id, shown.value)}>
        <Pre label={shown.label} html={shown.html}>
          {shown.code}
        </Pre>
      </div>
    </div>
  );
}

/** Focusable, since it scrolls sideways and a keyboard must reach that. */
function Pre({ label, html, children }: { label: string; html?: string; children: ReactNode }) {
  const frame = { tabIndex: 0, role: "group", "aria-label": label } as const;
  // biome-ignore lint/security/noDangerouslySetInnerHtml: made by our own highlighter on the server, which escapes the code.
  return html ? <pre {...frame} dangerouslySetInnerHTML={{ __html: html }} /> : <pre {...frame}>{children}</pre>;
}
