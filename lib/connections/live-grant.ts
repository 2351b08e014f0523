/** Tests that use the app's own live credential, which serves every user at this moment (rules.md, Credentials 3). */
import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { withLease } from "#lib/credentials/lease.ts";
import { openLive, readRenewable } from "#lib/credentials/live-credential.ts";
import { storeRefreshed } from "#lib/credentials/store-refresh.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { type ObtainedTestToken, obtainTestToken } from "./obtain-test-token.ts";
import type { PreparedTest, TestCall } from "./prepare-test.ts";

/**
 * The app's live refresh token can't be used up to find something out: a run that ends half way could end the grant for all users.
 * Client credentials issue as many tokens as they are asked for, so those may go on.
 */
export function refuseLiveGrant({ isLive, definition }: Pick<PreparedTest, "isLive" | "definition">, what: string): void {
  if (!isLive || definition.authType !== "oauth2_refresh_token") return;
  throw new AppError(
    "conflict",
    `${what}, and this refresh token serves all users now: they could lose access. Get another refresh token from the API, choose Replace and paste it, then try again; the live one isn't touched.`,
  );
}

/**
 * The token call of a test on the live row, as live calls make theirs: under the lease, with what the row holds by then, stored before
 * the lease ends. Two uses of one rotating refresh token would end the grant.
 */
export async function obtainLiveTestToken(spine: Spine, scope: Scope, call: TestCall, credentialId: string): Promise<ObtainedTestToken> {
  return await withLease(scope, spine.sql, credentialId, async () => {
    const row = await readRenewable(scope, spine.sql, credentialId);
    if (!row) throw new AppError("conflict", "The app's credential was replaced meanwhile. Test again.");
    const obtained = await obtainTestToken(spine, call, openLive(scope, row));
    const cause = { by: "manual", sentence: "A member tested the draft with the live credential.", requestId: call.requestId } as const;
    if (obtained.renewed) await storeRefreshed(scope, spine.sql, row, obtained.secrets, cause);
    return obtained;
  });
}

/** A test of a draft says nothing bad about what is live: that it was made, when it went well, and which hosts were confirmed. */
export async function noteLiveTest(
  { projectId }: Scope,
  sql: Sql,
  credentialId: string,
  { passed, cause, boundHost }: { passed: boolean; cause: string; boundHost: string },
): Promise<void> {
  await sql`
    with tested as (
      update credential set bound_host = ${boundHost}, verified_at = case when ${passed} then now() else verified_at end
      where project_id = ${projectId} and id = ${credentialId} returning id)
    insert into credential_event (project_id, credential_id, kind, cause)
    select ${projectId}, id, ${passed ? "test_passed" : "test_failed"}, ${cause} from tested`;
}
