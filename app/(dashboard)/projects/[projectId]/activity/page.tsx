import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import { ActivityView } from "#components/activity/activity-view.tsx";
import { getDatabase } from "#db/client.ts";
import { listResourceNames } from "#db/queries/projects.ts";
import { readActivityAction, searchActivityAction } from "../_activity/actions.ts";
import { type ActivitySearch, loadActivity } from "../_activity/load-activity.ts";

export const metadata: Metadata = { title: "Activity" };

export default async function ActivityPage({
  params,
  searchParams,
}: {
  params: Promise<{ projectId: string }>;
  searchParams: ActivitySearch;
}) {
  const { projectId } = await params;
  const { scope } = await requireMember(projectId, "activity.read");
  const [resources, initial] = await Promise.all([listResourceNames(scope, getDatabase().db), loadActivity(scope, searchParams)]);
  return (
    <ActivityView projectId={projectId} resources={resources} initial={initial} search={searchActivityAction} read={readActivityAction} />
  );
}
