import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import type { CodeLanguage } from "./code-examples.ts";

/** Only what the look names: key, string, number, keyword. All else stays plain. */
const CLASS_OF: Record<string, string> = {
  "var(--c-token-keyword)": "tok-keyword",
  "var(--c-token-string)": "tok-string",
  "var(--c-token-string-expression)": "tok-string",
  "var(--c-token-constant)": "tok-number",
  "var(--c-token-comment)": "tok-muted",
};
const GRAMMAR: Record<CodeLanguage, string> = {
  javascript: "javascript",
  "published-client": "javascript",
  curl: "shellscript",
  typescript: "typescript",
  python: "python",
  go: "go",
  ruby: "ruby",
  php: "php",
};

let highlighter: Promise<HighlighterCore> | undefined;

/** The grammars are read once, at the first look at a Code tab. */
const load = () =>
  (highlighter ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: "tokens", variablePrefix: "--c-" })],
    langs: [
      import("shiki/langs/javascript.mjs"),
      import("shiki/langs/shellscript.mjs"),
      import("shiki/langs/typescript.mjs"),
      import("shiki/langs/python.mjs"),
      import("shiki/langs/go.mjs"),
      import("shiki/langs/ruby.mjs"),
      import("shiki/langs/php.mjs"),
    ],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  }));

/** Code as the inside of a `<pre>`: everything escaped, tokens in spans with the classes of components/ui. Server only. */
export async function highlightCode(code: string, language: CodeLanguage): Promise<string> {
  const lines = (await load()).codeToTokensBase(code, { lang: GRAMMAR[language], theme: "tokens" });
  return lines
    .map((line) =>
      line
        .map(({ content, color }) => {
          const name = CLASS_OF[color ?? ""];
          return name && content.trim() ? `<span class="${name}">${escapeHtml(content)}</span>` : escapeHtml(content);
        })
        .join(""),
    )
    .join("\n");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
