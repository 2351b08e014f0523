import { describe, expect, it } from "vitest";
import { type CodeExample, codeExamples } from "./code-examples.ts";
import { highlightCode } from "./highlight-code.ts";

const name = `</pre><script>alert("1")</script> & 'x'`;
const examples = codeExamples({
  projectId: "p",
  resourceId: "r",
  name,
  fields: [{ key: "tenant", example: name }],
  apiUrl: "http://localhost:3001",
});

/** What the browser would show of it. */
const textOf = (html: string) =>
  html
    .replace(/<span class="tok-(keyword|string|number|muted)">|<\/span>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

describe.each(examples)("highlighted $title", ({ code, language }: CodeExample) => {
  it("shows exactly the code that Copy gives, and no markup of anyone else's", async () => {
    const html = await highlightCode(code, language);
    expect(textOf(html)).toBe(code);
    expect(html).toContain('<span class="tok-string">');
    expect(html).not.toContain("<script");
  });
});
