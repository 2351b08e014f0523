import { VariableChip } from "#components/ui/variable-chip.tsx";
import { type ExpressionPart, parseTemplate, referencesOf, type TemplateFormat } from "#lib/template/parse-template.ts";
import { findKnown, isSecret, type VariableCatalog } from "#lib/template/variables.ts";

export interface TemplateLayerProps {
  text: string;
  format: TemplateFormat;
  known: VariableCatalog;
  /** `raw`: under the field's own text, character for character, so that only fills and waves show. `pretty`: in its place. */
  look: "raw" | "pretty";
}

/** A template with its variables marked. Decoration: the field below or above it holds the text. */
export function TemplateLayer({ text, format, known, look }: TemplateLayerProps) {
  return parseTemplate(text, format).map((part) => {
    if (part.kind === "text") return <span key={part.start}>{part.text}</span>;
    const source = text.slice(part.start, part.end);
    if (part.kind === "problem") {
      return (
        <span key={part.start} data-broken>
          {source}
        </span>
      );
    }
    const kind = kindOf(part, known);
    if (look === "raw") {
      return (
        <span key={part.start} data-chip={kind}>
          {source}
        </span>
      );
    }
    return <VariableChip key={part.start} path={part.source.trim()} kind={kind} />;
  });
}

function kindOf(part: ExpressionPart, known: VariableCatalog): "known" | "secret" | "unknown" {
  const names = referencesOf(part).map(({ name }) => name);
  if (names.some((name) => !findKnown(name, known))) return "unknown";
  return names.some((name) => isSecret(name, known)) ? "secret" : "known";
}
