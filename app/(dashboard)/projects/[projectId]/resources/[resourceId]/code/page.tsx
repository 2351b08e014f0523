import { CodeExamples } from "#components/resources/code-examples.tsx";
import { NothingToConnect } from "#components/resources/nothing-to-connect.tsx";
import { suppliedFields } from "#lib/credentials/schema.ts";
import { env } from "#lib/env.ts";
import { setupStepPath } from "#lib/paths.ts";
import { can } from "#lib/projects/roles.ts";
import { codeExamples } from "#lib/requests/code-examples.ts";
import { highlightCode } from "#lib/requests/highlight-code.ts";
import { loadLiveRevision, type ResourceParams, requireResource } from "../require-resource.ts";

export default async function ResourceCodePage({ params }: { params: ResourceParams }) {
  const { projectId, resourceId } = await params;
  const { role, resource } = await requireResource(projectId, resourceId);
  const live = await loadLiveRevision(projectId, resourceId);
  const { level, authType, ...definition } = live?.body ?? resource.draft.body;
  if (level !== "user" || !authType) {
    const setupHref = can(role, "resources.edit") ? setupStepPath(projectId, resourceId, "api-info") : null;
    return <NothingToConnect reason={level === "app" ? "app" : "unknown"} setupHref={setupHref} />;
  }

  const examples = codeExamples({
    projectId,
    resourceId,
    name: resource.name,
    fields: suppliedFields({ level, authType, ...definition } as Parameters<typeof suppliedFields>[0]),
    apiUrl: env().PATCHBAY_API_URL,
  });
  const highlighted = await Promise.all(
    examples.map(async (example) => ({ ...example, html: await highlightCode(example.code, example.language) })),
  );
  return (
    <div className="max-w-[820px]">
      <h2>Connect a user</h2>
      <p className="mt-1 mb-4 text-2">
        Replace the values with your user’s own. The user token comes from <code>USER_TOKEN</code>; your back end signs one for each user.
        {!live && " Users can connect once this draft is published with Finish."}
      </p>
      <CodeExamples examples={highlighted} />
      <p className="ui-hint mt-3">
        The REST examples call <code>PATCHBAY_API_URL</code> where it is set, else <code>{env().PATCHBAY_API_URL}</code>. The JavaScript SDK
        comes from there too, and has the calls of <code>@useparagon/connect</code>: leaving that client is changing the import.
      </p>
    </div>
  );
}
