import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { suppliedFields } from "#lib/credentials/schema.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import type { CheckContext } from "#lib/resources/check-draft.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { keepTyped } from "./keep-typed.ts";
import type { Finished } from "./schema.ts";
import { findAppCredential, findTestCredential, isComplete, valuesOf } from "./test-values.ts";

/**
 * Publishes the draft, and says what became of the app's credential. An app-level resource without one would refuse every call, and so
 * would one whose credential was made for another authentication type: that is refused, with the fields to fill in.
 */
export async function finishSetup(
  { db, sql }: Pick<Spine, "db" | "sql">,
  scope: Scope,
  actor: Actor,
  input: { resourceId: string; version: number } & Pick<CheckContext, "allowsHttp">,
): Promise<Finished> {
  const { resourceId } = input;
  const draft = (await findResource(scope, db, resourceId))?.draft.body;
  if (draft?.level !== "app" || !draft.authType) return { number: (await publishResource(scope, db, actor, input)).number };

  const definition = draft as ResourceDefinition;
  // What stands for the client alone is made without anybody typing it.
  await keepTyped({ db, sql }, scope, actor, { resourceId, version: input.version, values: {} });
  const stored = await findTestCredential(scope, sql, resourceId, draft);
  const values = stored ? valuesOf(stored.secrets) : {};
  const missing = suppliedFields(definition).filter(({ key }) => !values[key]);
  if (!stored || !isComplete(definition, values)) {
    const labels = missing.map(({ label }) => label);
    const needed = draft.authType === "oauth2_refresh_token" ? labels.join(" or ") : labels.join(", ");
    const message = `An app-level resource needs its credentials before it is live. ${needed ? `Fill in ${needed} in Request Details.` : "Send a test request first."}`;
    throw new AppError("bad_input", message, { fields: Object.fromEntries(missing.map(({ key }) => [`testValues.${key}`, message])) });
  }
  const live = await findAppCredential(scope, sql, resourceId, draft.authType);
  const replaces = stored.owner === "candidate" && stored.status === "VALID" && live?.status === "VALID";
  if (replaces && live.secrets.refreshToken && !stored.secrets.refreshToken) {
    const message =
      "The live credentials hold a refresh token, which Finish would drop: what was typed has none. Fill in Refresh Token in Request Details too, or choose Clear in Test and Publish to keep what is live.";
    throw new AppError("bad_input", message, { fields: { "testValues.refresh_token": message } });
  }
  const { number } = await publishResource(scope, db, actor, input);
  const now = await findTestCredential(scope, sql, resourceId, draft);
  if (now?.owner === "candidate") return { number, credential: "kept" };
  if (now?.status !== "VALID") return { number, credential: "failing" };
  return { number, credential: now.isProven ? "tested" : "untested" };
}
