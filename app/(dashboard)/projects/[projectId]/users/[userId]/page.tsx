import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { requireMember } from "#app/_gates/session.ts";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import { displayName } from "#components/users/user-list.ts";
import { UserPage } from "#components/users/user-page.tsx";
import type { CredentialDetail, UserWorkflowRow } from "#components/users/user-page-types.ts";
import { getDatabase } from "#db/client.ts";
import { listActivity } from "#db/queries/activity.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findConnectedUser, listCredentialsOf, type UserCredential } from "#db/queries/users.ts";
import { listUserLevelResources, listUserWorkflows } from "#db/queries/workflow-switches.ts";
import { describeSupplied } from "#lib/credentials/describe-supplied.ts";
import { healthOf } from "#lib/credentials/status.ts";
import { can } from "#lib/projects/roles.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { readTimeline } from "#lib/users/read-timeline.ts";
import { neededResources } from "#lib/workflows/needed-resources.ts";
import { readActivityAction } from "../../_activity/actions.ts";
import {
  deleteUserAction,
  disconnectCredentialAction,
  readTimelineAction,
  refreshCredentialAction,
  switchUserWorkflowAction,
  verifyCredentialAction,
} from "./actions.ts";

type Props = {
  params: Promise<{ projectId: string; userId: string }>;
  searchParams: Promise<{ credential?: string | string[] }>;
};

/** Null: unknown, malformed, the test user or another project's. */
const loadUser = cache(async (projectId: string, userId: string) => {
  const { scope, role } = await requireMember(projectId, "users.read");
  const user = z.uuid().safeParse(userId).success ? await findConnectedUser(scope, getDatabase().sql, userId) : null;
  return user && { scope, role, user };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { projectId, userId } = await params;
  const found = await loadUser(projectId, userId);
  return { title: found ? displayName(found.user) : "Not found" };
}

export default async function ConnectedUserPage({ params, searchParams }: Props) {
  const { projectId, userId } = await params;
  const found = await loadUser(projectId, userId);
  if (!found) notFound();
  const { scope, role, user } = found;
  const { db, sql } = getDatabase();
  const [rows, workflows, resourceNames, calls, { credential: wanted }] = await Promise.all([
    listCredentialsOf(scope, sql, user.id),
    listUserWorkflows(scope, sql, user.id),
    listUserLevelResources(scope, sql),
    listActivity(scope, db, { userId: user.id, from: new Date(Date.now() - RECENT_MS) }, { limit: 8 }),
    searchParams,
  ]);
  const credentials = await Promise.all(rows.map((row) => detailOf(scope, row)));
  const shown = credentials.find(({ id }) => id === wanted) ?? worstFirst(credentials);
  return (
    <QueryProvider>
      <UserPage
        projectId={projectId}
        user={{ ...user, createdAt: user.createdAt.toISOString(), lastSeenAt: iso(user.lastSeenAt) }}
        credentials={credentials}
        chosen={
          shown && { credential: shown, timeline: await readTimeline(scope, sql, { credentialId: shown.id, view: "all", before: null }) }
        }
        workflows={workflows.map(
          ({ definition, lastRun, ...workflow }): UserWorkflowRow => ({
            ...workflow,
            missing: neededResources(definition)
              .filter((id) => !rows.some(({ resourceId }) => resourceId === id))
              .flatMap((id) => resourceNames.get(id) ?? []),
            lastRun: lastRun && { ...lastRun, at: lastRun.at.toISOString() },
          }),
        )}
        calls={calls.rows}
        readCall={readActivityAction}
        may={{ act: can(role, "credentials.write"), delete: can(role, "users.delete"), switch: can(role, "workflows.enable") }}
        actions={{
          refresh: refreshCredentialAction,
          verify: verifyCredentialAction,
          disconnect: disconnectCredentialAction,
          remove: deleteUserAction,
          switchWorkflow: switchUserWorkflowAction,
          readTimeline: readTimelineAction,
        }}
      />
    </QueryProvider>
  );
}

const RECENT_MS = 30 * 86_400_000;

const iso = (date: Date | null) => date?.toISOString() ?? null;

async function detailOf(scope: Scope, row: UserCredential): Promise<CredentialDetail> {
  const definition = await loadRevision(scope, getDatabase().sql, row.resourceId, row.liveRevision);
  const health = healthOf(definition, row, Date.now());
  const { status, sentence, fix, isStruggling } = health;
  const supplied = describeSupplied(scope, definition, row);
  return {
    id: row.id,
    resourceId: row.resourceId,
    resource: row.resource,
    appearance: row.appearance,
    isApiKey: row.authType === "api_key",
    status,
    sentence,
    fix,
    isStruggling,
    checkedAt: iso(health.checkedAt),
    expiresAt: iso(health.expiresAt),
    lastRefreshedAt: iso(health.lastRefreshedAt),
    nextRefreshAt: iso(health.nextRefreshAt),
    verifiedAt: iso(health.verifiedAt),
    nextCheckAt: iso(health.nextCheckAt),
    profile: profileOf(definition, row),
    supplied,
    // Tokens and secret keys: what isn't secret is told whole.
    hints: Object.fromEntries(Object.entries(row.hints).filter(([field]) => !supplied.some(({ key }) => key === field))),
  };
}

function profileOf(definition: ResourceDefinition, row: UserCredential): CredentialDetail["profile"] {
  if (!row.profile && !(definition.level === "user" && definition.profile.enabled)) return null;
  const fields = Object.entries(row.profile ?? {}).filter(([name]) => name !== "id");
  const { profileFailingSince: since, profileFailure: reason } = row;
  return {
    isKnown: row.profile !== null,
    id: row.profileId,
    fields: fields.map(([name, value]) => ({ name, value: typeof value === "string" ? value : JSON.stringify(value) })),
    triedAt: iso(row.profileTriedAt),
    failing: since && { since: since.toISOString(), reason: reason ?? "" },
  };
}

/** Where none was chosen, the page opens on what needs somebody. */
const worstFirst = (credentials: CredentialDetail[]): CredentialDetail | null =>
  credentials.find(({ status }) => status === "INVALID") ??
  credentials.find(({ status }) => status === "PENDING") ??
  credentials.find(({ isStruggling }) => isStruggling) ??
  credentials[0] ??
  null;
