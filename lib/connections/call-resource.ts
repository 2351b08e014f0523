import type { CallFacts } from "#db/queries/calls.ts";
import type { Scope } from "#db/queries/scope.ts";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import { type ForwardCall, type Forwarded, forwardRequest } from "#lib/requests/forward-request.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { noteAliasUse } from "#lib/resources/note-alias-use.ts";
import { noteUserSeen } from "./note-user-seen.ts";

export type ResourceCall = Pick<ForwardCall, "request" | "body" | "acceptEncoding" | "frame" | "requestId" | "signal" | "onError"> & {
  /** From the door's one statement. */
  facts: Pick<CallFacts, "resource" | "credential" | "userId" | "userMetadata">;
  /** The `sub` of the verified user token. */
  externalId: string;
};

export type ResourceAnswer = Omit<Extract<Forwarded, { ok: true }>, "ok">;

/**
 * Sends a request of a user's through a resource and hands the answer on. Whatever the API answered is an answer; where it didn't, or
 * nothing could be sent, AppError says why and what to do.
 */
export async function callResource(spine: Spine, scope: Scope, call: ResourceCall): Promise<ResourceAnswer> {
  const { facts, externalId, ...given } = call;
  const { resource, credential, userId, userMetadata } = facts;
  if (!resource) {
    throw new AppError("not_found", "There is no such resource in this project, or it isn't published. Use its name or its Resource ID.");
  }
  const definition = await loadRevision(scope, spine.sql, resource.id, resource.liveRevision);
  if (resource.aliasKey) noteAliasUse(scope.projectId, resource.aliasKey);
  if (userId) noteUserSeen(scope.projectId, userId);
  if (!credential) throw notConnected(definition.level);

  const forwarded = await forwardRequest(spine, {
    ...given,
    scope,
    resourceId: resource.id,
    definition,
    credential,
    user: { id: externalId, metadata: userMetadata },
    userId,
  });
  if (!forwarded.ok) throw refusal(forwarded.failure);
  return forwarded;
}

function notConnected(level: "user" | "app"): AppError {
  return level === "app"
    ? new AppError("not_connected", "This resource has no credentials yet. An admin enters them in its Setup, under Request Details.")
    : new AppError("not_connected", "This user isn't connected to this resource. Connect first, then repeat the call.");
}

/** By what failed: the caller's request, the user's credential, or the API. */
const CODES: Record<string, ErrorCode> = {
  bad_url: "bad_input",
  bad_request: "bad_input",
  unbuildable: "bad_input",
  deleted: "not_connected",
  needs_input: "reconnect",
  reconnect: "reconnect",
  invalid: "reconnect",
  timeout: "upstream_timeout",
  connect_timeout: "upstream_timeout",
};

function refusal({ kind, message, fix }: { kind: string; message: string; fix: string }): AppError {
  const sentence = `${message} ${fix}`.trim();
  // The published client shows `meta` instead of the message, so the sentence is there too.
  return new AppError(CODES[kind] ?? "upstream_failed", sentence, { meta: { isIntegrationError: true, failure: kind, message: sentence } });
}
