import { and, eq } from "drizzle-orm";
import { databaseNow } from "#db/clock.ts";
import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resourceDraft } from "#db/schema/resources.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { parseCredentialInput } from "#lib/credentials/parse-credential-input.ts";
import { type ReadProfile, readProfileFromAnswer, readProfileFromToken } from "#lib/credentials/read-profile.ts";
import { saveCredential } from "#lib/credentials/save-credential.ts";
import { checkEveryOf, type StoredSecrets, suppliedFields } from "#lib/credentials/schema.ts";
import { AppError } from "#lib/errors.ts";
import { type Call, type Performed, performRequest, type Spine } from "#lib/requests/perform-request.ts";
import { type CheckContext, checkDraft } from "#lib/resources/check-draft.ts";

import { boundHostsOf, movedValues } from "#lib/resources/host-template.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import { assertSecretsStay } from "#lib/resources/open-secrets-for.ts";
import { checkContextOf } from "#lib/resources/publish-resource.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { callLane, notNeededLane, profileLane, summarizeLanes, tokenLane } from "./report-lanes.ts";
import type { TestReport, TestValues } from "./schema.ts";
import { findTestCredential, type StoredTestCredential, valuesOf } from "./test-values.ts";

/**
 * One real run of a draft: token call, API call, profile call, with the test credentials. What was typed is kept sealed, and so is
 * what a successful token call returned even if a later lane fails: dropping a rotated refresh token would end the grant. The report
 * is redacted and kept beside the draft.
 */
export async function testResource(
  spine: Spine,
  scope: Scope,
  actor: Actor,
  {
    resourceId,
    values,
    allowsHttp,
    requestId,
    byAdmin = false,
  }: {
    resourceId: string;
    values: TestValues;
    requestId?: string;
    /** Only an admin sends project secrets where no live resource sends them. */
    byAdmin?: boolean;
  } & Pick<CheckContext, "allowsHttp">,
): Promise<TestReport> {
  const found = await findResource(scope, spine.db, resourceId);
  if (!found) throw new AppError("not_found", "This resource was deleted. Go back to Resources; Undo is open for 7 days.");
  const { definition, problems } = checkDraft(found.draft.body, await checkContextOf(scope, spine.db, found, { allowsHttp }));
  if (!definition) {
    const fields = Object.fromEntries(problems.map((problem) => [problem.path, problem.message]));
    throw new AppError("bad_input", `${problems.length} ${problems.length === 1 ? "thing" : "things"} to fix before a test can be sent.`, {
      fields,
    });
  }

  if (!byAdmin) await assertSecretsStay(scope, spine.db, definition);
  const stored = await findTestCredential(scope, spine.sql, resourceId, definition);
  const merged = mergeValues(definition, stored?.secrets, values);
  const hosts = boundHostsOf(definition);
  if (stored) assertStillBound(definition, stored, { merged, typed: values, hosts });
  const { secrets, canonical } = parseCredentialInput(definition, merged, databaseNow());
  if (stored && secrets.accessToken && secrets.accessToken === stored.secrets.accessToken) secrets.expiresAt ??= stored.secrets.expiresAt;

  const call = { scope, resourceId, definition, user: { id: "test-user", metadata: {} }, source: "test", requestId, byAdmin } as const;
  const run = await runLanes(spine, call, secrets);

  const failed = run.lanes.find((lane) => lane.state === "failed");
  const isLive = stored?.owner === "app" && isLiveGrant(stored.secrets, secrets, values);
  await saveCredential(
    scope,
    spine.sql,
    {
      resourceId,
      owner: { kind: definition.level === "user" ? "test" : isLive ? "app" : "app-candidate", boundHost: hosts },
      authType: definition.authType,
      secrets: run.secrets,
      canonical,
      // A test of a draft that isn't live says nothing bad about the live credential.
      ...(isLive && failed
        ? { status: stored.status, reason: stored.reason }
        : { status: failed ? "INVALID" : "VALID", reason: failed ? `${failed.kind}_failed` : null }),
      profile: run.profile,
      verified: !failed,
      refreshed: run.renewed,
      checkEvery: checkEveryOf(definition),
      event: { kind: failed ? "test_failed" : "test_passed", cause: failed?.problem?.message ?? "" },
    },
    stored && (stored.owner !== "app" || isLive) ? stored.id : undefined,
  );

  const report = summarizeLanes(run.lanes);
  await spine.db.transaction(async (tx) => {
    await tx
      .update(resourceDraft)
      .set({ lastTest: report })
      .where(and(eq(resourceDraft.projectId, scope.projectId), eq(resourceDraft.resourceId, resourceId)));
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "resource.test",
      subject: `resource:${resourceId}`,
      detail: { passed: report.passed },
    });
  });
  return report;
}

/**
 * Whether the app's live row itself was tested: nothing was typed, or its refresh token was used. Then what was issued belongs to that
 * row, since two copies of a rotating refresh token end the grant (rules.md, Credentials 3).
 */
const isLiveGrant = (live: StoredSecrets, used: StoredSecrets, typed: TestValues): boolean =>
  Object.values(typed).every((value) => value === undefined) ||
  (used.refreshToken !== undefined && used.refreshToken === live.refreshToken);

/**
 * Stored secrets go to the hosts they were typed for: neither an edited draft nor another value of an input that chooses the host
 * carries an admin's key elsewhere.
 */
function assertStillBound(
  definition: ResourceDefinition,
  stored: StoredTestCredential,
  { merged, typed, hosts }: { merged: Record<string, string>; typed: TestValues; hosts: string },
): void {
  const moved = inputsThatChooseHosts(definition).find((key) => merged[key] !== stored.secrets.inputs[key]);
  if (stored.boundHost === hosts && !moved) return;
  const kept = suppliedFields(definition).filter(({ key, secret }) => secret && merged[key] !== undefined && !typed[key]);
  if (kept.length === 0) return;
  const message = moved
    ? `"${moved}" chooses another host now. Type what is secret again to confirm it.`
    : movedValues(stored.boundHost, hosts);
  throw new AppError("bad_input", message, { fields: Object.fromEntries(kept.map(({ key }) => [key, message])) });
}

/** Typed values over stored ones: a field left out keeps what is stored, null clears it. */
function mergeValues(definition: ResourceDefinition, stored: StoredSecrets | undefined, typed: TestValues): Record<string, string> {
  const kept = stored ? valuesOf(stored) : {};
  const entries = suppliedFields(definition).map(({ key }) => [key, typed[key] === undefined ? kept[key] : typed[key]] as const);
  // A pair belongs together: a new refresh token makes the stored access token somebody else's.
  const merged = Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
  if (typed.refresh_token && typed.access_token === undefined) delete merged.access_token;
  return merged;
}

async function runLanes(spine: Spine, call: Omit<Call, "secrets" | "renew" | "request" | "kind">, supplied: StoredSecrets) {
  const { definition } = call;
  const first = await performRequest(spine, {
    ...call,
    kind: "call",
    request: definition.test.request,
    secrets: supplied,
    renew: "always",
  });
  const token = tokenLane(definition, first);
  const lanes = [token, callLane(definition, first, token)];

  let profile: { id: string; fields: Record<string, unknown> } | null = null;
  if (definition.level === "user" && definition.profile.enabled) {
    const { performed, read } = await readProfile(spine, { ...call, definition }, first);
    lanes.push(profileLane(definition, performed, read, token));
    profile = read?.ok ? { id: read.id, fields: read.profile } : null;
  } else {
    lanes.push(notNeededLane("profile", definition.level === "app" ? "App-level resources have no User Profile." : "User Profile is off."));
  }
  return { lanes, profile, secrets: first.secrets, renewed: first.tokenCalls.some((one) => one.result.ok) };
}

async function readProfile(
  spine: Spine,
  call: Omit<Call, "secrets" | "renew" | "request" | "kind">,
  first: Performed,
): Promise<{ performed: Performed | null; read: ReadProfile | null }> {
  const { definition } = call;
  if (definition.level !== "user" || first.refusal) return { performed: null, read: null };
  if (definition.profile.source === "jwt")
    return { performed: null, read: readProfileFromToken(definition.profile, first.secrets.accessToken) };
  const performed = await performRequest(spine, {
    ...call,
    kind: "profile",
    request: definition.profile.request,
    secrets: first.secrets,
    renew: "never",
  });
  const { outcome } = performed;
  const worked = outcome?.kind === "answer" && outcome.status >= 200 && outcome.status < 300;
  return { performed, read: worked ? readProfileFromAnswer(definition.profile, outcome.body) : null };
}
