import { type ResourceFigures, ResourceOverview } from "#components/resources/resource-overview.tsx";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import { getDatabase } from "#db/client.ts";
import { countCredentials, findAppStatus, findTrouble, latencyByHour, listActivity } from "#db/queries/activity.ts";
import { findPublication } from "#db/queries/revisions.ts";
import type { Scope } from "#db/queries/scope.ts";
import { addHistograms, estimateLatency } from "#lib/activity/estimate-latency.ts";
import { env } from "#lib/env.ts";
import { connectPath, resourceTabPath, setupStepPath } from "#lib/paths.ts";
import { can } from "#lib/projects/roles.ts";
import { describeChanges } from "#lib/resources/describe-draft.ts";
import { formatSuccess } from "#lib/resources/resource-status.ts";
import { draftOf } from "#lib/resources/restore-revision.ts";
import { readActivityAction } from "../../_activity/actions.ts";
import { loadHealth, loadLiveRevision, type ResourceParams, requireResource } from "./require-resource.ts";

export default async function ResourcePage({ params }: { params: ResourceParams }) {
  const { projectId, resourceId } = await params;
  const { scope, role, resource } = await requireResource(projectId, resourceId);
  const { db } = getDatabase();
  const [live, figures, calls, credentials, publication, trouble] = await Promise.all([
    loadLiveRevision(projectId, resourceId),
    loadFigures(scope, resourceId, resource.liveRevision),
    listActivity(scope, db, { resourceId, from: new Date(Date.now() - RECENT_MS) }, { limit: 20 }),
    loadCredentials(scope, resourceId, resource.level),
    resource.liveRevision === null ? null : findPublication(scope, db, resourceId, resource.liveRevision),
    findTrouble(scope, db, resourceId),
  ]);
  const draft = resource.draft.body;
  return (
    <QueryProvider>
      <ResourceOverview
        projectId={projectId}
        resourceId={resourceId}
        figures={figures}
        calls={calls.rows}
        readCall={readActivityAction}
        connectEndpoint={env().PATCHBAY_API_URL + connectPath(projectId, resourceId)}
        credentials={credentials}
        trouble={{ ...trouble, outageSince: trouble.outageSince?.toISOString() ?? null }}
        learned={draft.authType === "api_key" ? null : resource.learned}
        baseUrl={(live?.body ?? draft).request.baseUrl}
        published={publication && { number: publication.number, at: publication.publishedAt.toISOString(), by: publication.publishedBy }}
        changes={{
          count: live ? describeChanges(draftOf(live.body, draft), draft).length : 0,
          compareHref: `${resourceTabPath(projectId, resourceId, "revisions")}?from=${live?.number}&to=draft`,
        }}
        continueHref={can(role, "resources.edit") ? setupStepPath(projectId, resourceId, "api-info") : null}
      />
    </QueryProvider>
  );
}

async function loadCredentials(scope: Scope, resourceId: string, level: "user" | "app" | null) {
  const { db } = getDatabase();
  const live = await loadLiveRevision(scope.projectId, resourceId);
  if (level === "user" && live) return { level, counts: await countCredentials(scope, db, resourceId) };
  if (level === "app") return { level, status: await findAppStatus(scope, db, resourceId) };
  return null;
}

const HOUR_MS = 3_600_000;
const RECENT_MS = 30 * 24 * HOUR_MS;

async function loadFigures(scope: Scope, resourceId: string, liveRevision: number | null): Promise<ResourceFigures> {
  const [{ hours, sum }, rows] = await Promise.all([
    loadHealth(scope.projectId, resourceId, liveRevision),
    latencyByHour(scope, getDatabase().db, resourceId),
  ]);
  const hourOf = (date: Date) => Math.floor(date.getTime() / HOUR_MS);
  const last = hourOf(new Date());
  const histograms = hours.map((_, index) =>
    addHistograms(rows.filter((row) => hourOf(row.bucket) === last - 23 + index).map((row) => row.latency)),
  );
  const day = addHistograms(histograms);
  return {
    success: formatSuccess(sum),
    calls: sum.calls,
    p50: estimateLatency(day, 0.5),
    p95: estimateLatency(day, 0.95),
    trend: {
      success: hours.map((hour) => (hour.calls === 0 ? null : 1 - hour.failed / hour.calls)),
      calls: hours.map((hour) => hour.calls),
      p50: histograms.map((histogram) => estimateLatency(histogram, 0.5)),
      p95: histograms.map((histogram) => estimateLatency(histogram, 0.95)),
    },
  };
}
