import { RevisionCompare } from "#components/resources/revision-compare.tsx";
import { RevisionList } from "#components/resources/revision-list.tsx";
import { Note } from "#components/ui/note.tsx";
import { getDatabase } from "#db/client.ts";
import { findRevision } from "#db/queries/resources.ts";
import { listPublications } from "#db/queries/revisions.ts";
import { resourceTabPath } from "#lib/paths.ts";
import { can } from "#lib/projects/roles.ts";
import { describeChanges } from "#lib/resources/describe-draft.ts";
import { draftOf } from "#lib/resources/restore-revision.ts";
import { restoreRevisionAction } from "../actions.ts";
import { loadLiveRevision, type ResourceParams, requireResource } from "../require-resource.ts";

type Search = Promise<{ from?: string | string[]; to?: string | string[] }>;

export default async function ResourceRevisionsPage({ params, searchParams }: { params: ResourceParams; searchParams: Search }) {
  const { projectId, resourceId } = await params;
  const { scope, role, resource } = await requireResource(projectId, resourceId);
  const { db } = getDatabase();
  const [publications, live] = await Promise.all([listPublications(scope, db, resourceId), loadLiveRevision(projectId, resourceId)]);
  if (!live) return <Note title="Nothing is published yet.">Each Finish adds a revision here, to compare and to go back to.</Note>;

  const draft = resource.draft.body;
  const numbers = publications.map(({ number }) => String(number));
  const { from, to } = await searchParams;
  const choose = (wanted: string | string[] | undefined, otherwise: string) =>
    typeof wanted === "string" && (wanted === "draft" || numbers.includes(wanted)) ? wanted : otherwise;
  const sides = { from: choose(from, String(live.number)), to: choose(to, "draft") };

  /** Sections that a revision's type has no use for come from the draft, and so make no difference. */
  const load = async (side: string) => {
    if (side === "draft") return draft;
    const revision = await findRevision(scope, db, resourceId, Number(side));
    return draftOf(revision!.body, draft);
  };
  const [before, after] = await Promise.all([load(sides.from), load(sides.to)]);
  const page = resourceTabPath(projectId, resourceId, "revisions");
  return (
    <div className="stack">
      <RevisionCompare
        choices={[{ value: "draft", label: "Draft" }, ...numbers.map((number) => ({ value: number, label: `Revision ${number}` }))]}
        {...sides}
        changes={describeChanges(before, after).map(({ section, label, before: was, after: is }) => ({
          section,
          label,
          before: was,
          after: is,
        }))}
      />
      <RevisionList
        projectId={projectId}
        resource={{ id: resourceId, name: resource.name }}
        revisions={publications.map(({ number, publishedAt, publishedBy }, index) => ({
          number,
          at: publishedAt.toISOString(),
          by: publishedBy,
          isLive: number === live.number,
          compareHref: publications[index + 1] ? `${page}?from=${number - 1}&to=${number}` : null,
        }))}
        draftChanges={describeChanges(draftOf(live.body, draft), draft).length}
        mayEdit={can(role, "resources.edit")}
        restore={restoreRevisionAction}
      />
    </div>
  );
}
