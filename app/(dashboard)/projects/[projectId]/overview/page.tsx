import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import { AttentionList } from "#components/overview/attention-list.tsx";
import { Charts } from "#components/overview/charts.tsx";
import { FirstSteps, hasBegun } from "#components/overview/first-steps.tsx";
import { OverviewHead } from "#components/overview/overview-head.tsx";
import { getDatabase } from "#db/client.ts";
import { findBeginnings } from "#db/queries/overview.ts";
import { OVERVIEW_RANGES } from "#lib/activity/words.ts";
import { can } from "#lib/projects/roles.ts";
import { readAttention } from "../_attention/read-attention.ts";
import { readCharts } from "./read-charts.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({
  params,
  searchParams,
}: {
  params: Promise<{ projectId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { projectId } = await params;
  const { scope, role } = await requireMember(projectId, "activity.read");
  const asked = (await searchParams).range;
  const range = OVERVIEW_RANGES.find((each) => each === asked) ?? "24h";
  const now = new Date();
  const [attention, charts, beginnings] = await Promise.all([
    readAttention(scope, now),
    readCharts(scope, range, now),
    findBeginnings(scope, getDatabase().db),
  ]);
  // Where only workflows ran, charts of calls say that there were none.
  const hasCharts = beginnings.hasCall || charts.bins.some(({ passed, runFailed, cancelled }) => passed + runFailed + cancelled > 0);
  const isNew = !hasBegun(beginnings);
  return (
    <>
      <OverviewHead projectId={hasCharts ? projectId : undefined} range={range} />
      <div className="stack">
        {isNew && <FirstSteps {...beginnings} projectId={projectId} mayEdit={can(role, "resources.edit")} />}
        {(beginnings.hasLive || attention.length > 0) && <AttentionList projectId={projectId} items={attention} />}
      </div>
      {hasCharts && <Charts data={charts} />}
    </>
  );
}
