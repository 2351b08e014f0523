"use client";

import { CodeBlock } from "#components/ui/code-block.tsx";

export interface CodeExampleTab {
  language: string;
  title: string;
  code: string;
  /** Highlighted by the server; plain without. */
  html?: string;
}

/** How to connect a user, one tab a language. `Copy` gives the plain text. */
export function CodeExamples({ examples }: { examples: readonly CodeExampleTab[] }) {
  return (
    <CodeBlock
      label="Languages"
      tabs={examples.map(({ language, title, code, html }) => ({ value: language, label: title, code, html }))}
    />
  );
}
