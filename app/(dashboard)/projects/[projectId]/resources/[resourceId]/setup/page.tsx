import { AppearanceForm } from "#components/resources/appearance-form.tsx";
import { learnedWords } from "#components/resources/learned-words.ts";
import { ResourceAliases } from "#components/resources/resource-aliases.tsx";
import { ResourceSetup, type SetupSection } from "#components/resources/resource-setup.tsx";
import { getDatabase } from "#db/client.ts";
import { listAliases } from "#db/queries/resources.ts";
import type { LearnedTokens } from "#lib/connections/schema.ts";
import { resourceTabPath } from "#lib/paths.ts";
import { can } from "#lib/projects/roles.ts";
import { describeChanges, describeDraft } from "#lib/resources/describe-draft.ts";
import { draftOf } from "#lib/resources/restore-revision.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { removeAliasAction, saveAppearanceAction } from "../actions.ts";
import { loadLiveRevision, type ResourceParams, requireResource } from "../require-resource.ts";

export default async function ResourceSetupPage({ params }: { params: ResourceParams }) {
  const { projectId, resourceId } = await params;
  const { scope, role, resource } = await requireResource(projectId, resourceId);
  const [live, aliases] = await Promise.all([loadLiveRevision(projectId, resourceId), listAliases(scope, getDatabase().db, resourceId)]);
  const draft = resource.draft.body;
  const changed = live ? describeChanges(draftOf(live.body, draft), draft).length : 0;
  const mayEdit = can(role, "resources.edit");
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_344px] items-start gap-4 max-lg:grid-cols-1">
      <ResourceSetup
        projectId={projectId}
        resourceId={resourceId}
        sections={[...sectionsOf(draft), ...learnedSection(draft, resource.learned)]}
        mayEdit={mayEdit}
        changes={
          live && changed > 0
            ? {
                count: changed,
                revision: live.number,
                compareHref: `${resourceTabPath(projectId, resourceId, "revisions")}?from=${live.number}&to=draft`,
              }
            : null
        }
      />
      <div className="stack min-w-0">
        <ResourceAliases
          projectId={projectId}
          resource={{ id: resourceId, name: resource.name }}
          aliases={aliases.map(({ name, lastUsedAt }) => ({ name, lastUsedAt: lastUsedAt?.toISOString() ?? null }))}
          mayEdit={mayEdit}
          remove={removeAliasAction}
        />
        {mayEdit && (
          <AppearanceForm projectId={projectId} resourceId={resourceId} appearance={draft.appearance} save={saveAppearanceAction} />
        )}
      </div>
    </div>
  );
}

function learnedSection({ authType }: ResourceDraft, learned: LearnedTokens | null): SetupSection[] {
  if (!learned || authType === "api_key") return [];
  const fields = learnedWords(learned).map(({ name, value }) => ({ label: name, value }));
  return [{ title: "Tokens, as the drill saw them", step: "test-and-publish", fields }];
}

/** Appearance has a form of its own beside this. */
function sectionsOf(draft: ResourceDraft): SetupSection[] {
  const sections = new Map<string, SetupSection & { fields: SetupSection["fields"][number][] }>();
  for (const { section: title, step, label, value, template } of describeDraft(draft)) {
    if (title === "Appearance") continue;
    const section = sections.get(title) ?? { title, step, fields: [] };
    section.fields.push({ label, value, template });
    sections.set(title, section);
  }
  return [...sections.values()];
}
