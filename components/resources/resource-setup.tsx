import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Note } from "#components/ui/note.tsx";
import { type SetupStep, setupStepPath } from "#lib/paths.ts";
import { TemplateText } from "./template-text.tsx";

export interface SetupSection {
  title: string;
  step: SetupStep;
  fields: readonly { label: string; value: string; template?: boolean }[];
}

export interface ResourceSetupProps {
  projectId: string;
  resourceId: string;
  sections: readonly SetupSection[];
  mayEdit: boolean;
  /** Null for a draft, or where draft and live revision are the same. */
  changes: { count: number; revision: number; compareHref: string } | null;
}

/** The draft in full, read only, by section; each leads to the step that edits it. */
export function ResourceSetup({ projectId, resourceId, sections, mayEdit, changes }: ResourceSetupProps) {
  return (
    <div className="stack min-w-0">
      {changes && (
        <Note
          title={`This is the draft: ${changes.count} ${changes.count === 1 ? "change" : "changes"} ahead of revision ${changes.revision}.`}
          action={
            <ButtonLink size="small" className="no-underline!" href={changes.compareHref}>
              Compare
            </ButtonLink>
          }
        >
          Calls use the live revision until the draft is published.
        </Note>
      )}
      {sections.map(({ title, step, fields }) => (
        <Card
          key={title}
          title={title}
          actions={
            mayEdit && (
              <ButtonLink size="small" variant="ghost" href={setupStepPath(projectId, resourceId, step)} aria-label={`Edit ${title}`}>
                Edit
              </ButtonLink>
            )
          }
        >
          <KeyValues
            items={fields.map(({ label, value, template }) => ({
              name: label,
              value: template ? (
                <TemplateText text={value} />
              ) : (
                <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{value}</span>
              ),
            }))}
          />
        </Card>
      ))}
    </div>
  );
}
