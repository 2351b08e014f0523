import { VariableChip } from "#components/ui/variable-chip.tsx";

const EXPRESSION = /(\{\{[\s\S]*?\}\})/;
const SECRET = /^credentials\.(access_token|refresh_token|client_secret)|^secrets\./;

/** A template with its expressions as chips. */
export function TemplateText({ text }: { text: string }) {
  return (
    <code className="break-words [overflow-wrap:anywhere] whitespace-pre-wrap">
      {text.split(EXPRESSION).map((part, index) => {
        if (index % 2 === 0) return part;
        const inside = part.slice(2, -2).trim();
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never reorder.
        return <VariableChip key={index} path={inside} kind={SECRET.test(inside) ? "secret" : "known"} />;
      })}
    </code>
  );
}
