import type { TemplateFormat } from "#lib/template/parse-template.ts";
import type { Step, StepBody } from "./schema.ts";
import { looksLikeJson } from "./words.ts";

export type StepTemplate = { path: string; text: string; format: TemplateFormat };

/** The templates of one step, without those of the steps in it. Pure. */
export function listStepTemplates(step: Step): StepTemplate[] {
  const text = (path: string, value: string): StepTemplate => ({ path, text: value, format: "text" });
  const pairs = (path: string, list: readonly { value: string }[]) => list.map(({ value }, index) => text(`${path}.${index}.value`, value));
  switch (step.type) {
    case "request":
      return [
        text("request.path", step.request.path),
        ...pairs("request.query", step.request.query),
        ...pairs("request.headers", step.request.headers),
        ...bodyTemplates(step.request.body, text, pairs),
      ];
    case "condition":
      return step.groups.flatMap(({ rules }, group) =>
        rules.flatMap((rule, index) => {
          const row = `groups.${group}.rules.${index}`;
          return [text(`${row}.left`, rule.left), ...(isAlone(rule.operator) ? [] : [text(`${row}.right`, rule.right)])];
        }),
      );
    case "fan_out":
      return [text("items", step.items)];
    case "response":
      return [...pairs("headers", step.headers), { path: "body", text: step.body, format: looksLikeJson(step.body) ? "json" : "text" }];
    case "delay":
    case "function":
      return [];
  }
}

function bodyTemplates(
  body: StepBody,
  text: (path: string, value: string) => StepTemplate,
  pairs: (path: string, list: readonly { value: string }[]) => StepTemplate[],
): StepTemplate[] {
  switch (body.kind) {
    case "none":
      return [];
    case "json":
      return [{ path: "request.body.text", text: body.text, format: "json" }];
    case "raw":
      return [text("request.body.text", body.text)];
    case "form":
    case "multipart":
      return pairs("request.body.fields", body.fields);
  }
}

/** Compares with nothing. */
export const isAlone = (operator: string): boolean => operator === "exists" || operator === "not_exists";
