import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { requireMember } from "#app/_gates/session.ts";
import { UrlStateProvider } from "#app/url-state-provider.tsx";
import { runName } from "#components/runs/run-list.ts";
import { RunPage } from "#components/runs/run-page.tsx";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { TrialBanner } from "#components/shell/trial-banner.tsx";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import { getDatabase } from "#db/client.ts";
import { findNeighbours } from "#db/queries/runs.ts";
import { isRequestId, readActivityKey } from "#lib/activity/words.ts";
import { env } from "#lib/env.ts";
import { can } from "#lib/projects/roles.ts";
import { loadRun } from "#lib/workflows/load-run.ts";
import { cancelRunAction, readRunAction, replayRunAction } from "./actions.ts";
import "#components/requests/requests.css";
import "#components/runs/run-page.css";
import "#components/runs/run-path.css";
import "#components/runs/step-panel.css";
import "#components/runs/step-table.css";
import "#components/workflows/chain.css";

type Place = { projectId: string; runId: string };

/** A run's key, or its id alone. */
const readPlace = (text: string) => readActivityKey(text) ?? (isRequestId(text) ? { id: text.toLowerCase() } : null);

export async function generateMetadata({ params }: { params: Promise<Place> }) {
  const { projectId, runId } = await params;
  await requireMember(projectId, "workflows.read");
  const place = readPlace(decodeURIComponent(runId));
  return { title: place ? runName(place) : "Run" };
}

export default async function OneRunPage({ params }: { params: Promise<Place> }) {
  const { projectId, runId } = await params;
  const { scope, role } = await requireMember(projectId, "workflows.read");
  const database = getDatabase();
  const place = readPlace(decodeURIComponent(runId));
  const view = place && (await loadRun(scope, database, place));
  if (!view) notFound();
  const { newer, older } = await findNeighbours(scope, database.sql, view.run);
  const exampleUrl = env().PATCHBAY_EXAMPLE_URL;
  return (
    <UrlStateProvider>
      <QueryProvider>
        <RunPage
          key={view.run.id}
          projectId={projectId}
          initial={view}
          newer={newer}
          older={older}
          mayAct={can(role, "workflows.test")}
          theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
          banner={exampleUrl && <TrialBanner exampleUrl={exampleUrl} />}
          actions={{ read: readRunAction, replay: replayRunAction, cancel: cancelRunAction }}
        />
      </QueryProvider>
    </UrlStateProvider>
  );
}
