import { MASK } from "#lib/template/encode-value.ts";
import { renderForm, renderJson, renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope, VariableCatalog } from "#lib/template/variables.ts";
import type { RequestStep } from "#lib/workflows/schema.ts";

export type RenderedStep = { line: string; headers: [name: string, value: string][]; body: string | null; isJson: boolean };

/**
 * A Request step as the samples fill it, for the eye: what is sent is built on the server. What no sample says stands as its own name,
 * and secrets are masked. Null where a field can't be rendered yet: the field itself says why. Pure.
 */
export function renderStep(request: RequestStep["request"], sampled: TemplateScope, known: VariableCatalog): RenderedStep | null {
  const scope = { ...standIns(known), ...sampled };
  try {
    const path = renderTemplate(request.path, scope, "path");
    const query = request.query
      .filter(({ name }) => name)
      .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(renderTemplate(value, scope, "text"))}`);
    const headers = request.headers
      .filter(({ name }) => name)
      .map(({ name, value }): [string, string] => [name, renderTemplate(value, scope, "header")]);
    const line = `${request.method} ${path}${query.length > 0 ? `?${query.join("&")}` : ""}`;
    return { line, headers, body: bodyOf(request.body, scope), isJson: request.body.kind === "json" };
  } catch (error) {
    if (error instanceof TemplateError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function bodyOf(body: RequestStep["request"]["body"], scope: TemplateScope): string | null {
  switch (body.kind) {
    case "none":
      return null;
    case "json":
      return JSON.stringify(JSON.parse(renderJson(body.text, scope)), null, 2);
    case "form":
      return renderForm(body.fields, scope);
    case "multipart":
      return body.fields.map(({ name, value }) => `${name}: ${renderTemplate(value, scope, "text")}`).join("\n");
    case "raw":
      return renderTemplate(body.text, scope, "text");
  }
}

/** `inputs.tenant` as "tenant", `secrets.KEY` masked. */
function standIns(known: VariableCatalog): TemplateScope {
  const scope: Record<string, unknown> = {};
  for (const { name, secret, open } of known) {
    const steps = name.split(".");
    const last = steps.pop() ?? name;
    let at: Record<string, unknown> = scope;
    for (const step of steps) {
      if (typeof at[step] !== "object" || at[step] === null) at[step] = {};
      at = at[step] as Record<string, unknown>;
    }
    at[last] ??= open ? {} : secret ? MASK : last;
  }
  return scope;
}
