/**
 * THE SPINE: one authenticated call to a customer's API, and the only way this product talks to one. Obtain the credential, build
 * the request, send; if the answer means "token expired", refresh once and rebuild; leave one activity row. Throws only on our own
 * faults.
 */
import type { Database, Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Hidden } from "#lib/activity/find-secrets.ts";
import type { ActivityRow, RecordActivity } from "#lib/activity/record-activity.ts";
import { type Redactor, redactorOf, redactRequest, redactResponse, redactUrl, secretHeaderValues } from "#lib/activity/redact.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { listSecretValues } from "#lib/credentials/list-secret-values.ts";
import { meansExpired } from "#lib/credentials/means-expired.ts";
import { type Obtained, obtainCredential, type TokenCall } from "#lib/credentials/obtain-credential.ts";
import type { StoredSecrets } from "#lib/credentials/schema.ts";
import { hostTemplateOf } from "#lib/resources/host-template.ts";
import { inputsThatChooseHosts } from "#lib/resources/inputs-that-choose-hosts.ts";
import { secretCallOf, secretsIn, secretsOfCall } from "#lib/resources/list-secret-references.ts";
import { listDerivedSecrets, openSecretsFor, valuesOf } from "#lib/resources/open-secrets-for.ts";
import { oauthOf } from "#lib/resources/read-definition.ts";
import type { CallTemplate, ResourceDefinition } from "#lib/resources/schema.ts";
import { renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import type { FailureKind, HttpRequest, Outcome, Send, SendStream } from "#lib/transport/schema.ts";
import { buildRequest } from "./build-request.ts";

/** What the spine works with. */
export type Spine = { db: Database; sql: Sql; send: Send; stream: SendStream; record: RecordActivity };

export type Call = {
  scope: Scope;
  resourceId: string;
  definition: ResourceDefinition;
  /** A candidate in memory: connect and test try values before they commit them. */
  secrets: StoredSecrets;
  /**
   * When to make the token call: `always` first (test, client credentials); `stored` when there is no token, or an answer means
   * expired; `never` where a token call was just made.
   */
  renew: "never" | "stored" | "always";
  user: { id: string; metadata: Record<string, unknown> } | null;
  /** Of the connected user, where there is a row already: for the activity log. */
  userId?: string;
  credentialId?: string;
  profile?: Record<string, unknown> | null;
  request: CallTemplate;
  kind: "call" | "profile" | "verify";
  source: ActivityRow["source"];
  requestId?: string;
  /** Whose step makes the call: for the activity log. */
  run?: ActivityRow["run"];
  /** What a workflow's step reads besides. Its templates may name project secrets: publishing it was an admin's word. */
  variables?: Pick<TemplateScope, "trigger" | "steps" | "item">;
  /** What the requests read by which an API is told of a webhook, and what of it must not be seen in the log. */
  webhook?: { variables: Pick<TemplateScope, "settings" | "subscription">; hidden: readonly string[] };
  /** An admin sends this: then project secrets may go to hosts that they never went to (open-secrets-for). */
  byAdmin?: boolean;
};

export type Performed = {
  /** Null when there is no token to call with: then `tokenCalls` or `refusal` says why. */
  outcome: Outcome | null;
  request: HttpRequest | null;
  /** With the tokens that now hold. A rotated refresh token is here even when a later call failed. */
  secrets: StoredSecrets;
  tokenCalls: TokenCall[];
  /** Why no call was made. */
  refusal?: { kind: string; message: string; fix: string };
  redact: Redactor;
};

export async function performRequest(spine: Spine, call: Call): Promise<Performed> {
  const { definition } = call;
  const tokenCalls: TokenCall[] = [];
  const redactNow = (secrets: StoredSecrets, request: HttpRequest | null, opened: readonly Hidden[] = []) =>
    redactorOf([
      ...opened,
      ...(call.webhook?.hidden ?? []),
      ...(request ? secretHeaderValues(request) : []),
      ...listSecretValues(definition, call.secrets),
      ...listSecretValues(definition, secrets),
      ...tokenCalls.flatMap((one) => one.secrets),
    ]);
  const obtain = async (secrets: StoredSecrets, renew: "stored" | "always") => {
    const obtained = await obtainToken(spine, { ...call, secrets }, renew);
    if (obtained.call) tokenCalls.push(obtained.call);
    return obtained;
  };

  const obtained = await obtain(call.secrets, call.renew === "always" ? "always" : "stored");
  if (!obtained.ok) {
    return {
      outcome: null,
      request: null,
      secrets: call.secrets,
      tokenCalls,
      refusal: obtained.failure,
      redact: redactNow(call.secrets, null),
    };
  }

  let { secrets } = obtained;
  let { opened, ...attempt } = await attemptCall(spine, call, secrets);
  const mayRenew = call.renew === "stored" && tokenCalls.length === 0 && attempt.request !== null;
  if (mayRenew && meansExpired(definition.behaviour, attempt.outcome)) {
    const renewed = await obtain(secrets, "always");
    if (renewed.ok && renewed.call) {
      secrets = renewed.secrets;
      ({ opened, ...attempt } = await attemptCall(spine, call, secrets));
    }
  }
  const redact = redactNow(secrets, attempt.request, opened);
  const { outcome } = attempt;
  if (outcome.kind === "failure") attempt = { ...attempt, outcome: { ...outcome, fix: redact(outcome.fix) } };
  if (attempt.request) {
    recordCall(spine, call, call.kind, attempt.request, attempt.outcome, { redact });
    await auditBlocked(spine, call, attempt.outcome, redact);
  }
  return { ...attempt, secrets, tokenCalls, redact };
}

/** The token call alone, with its activity row: `always`, or only when there is no token yet. */
export async function obtainToken(
  spine: Spine,
  call: Pick<
    Call,
    "scope" | "resourceId" | "userId" | "credentialId" | "definition" | "secrets" | "source" | "requestId" | "run" | "byAdmin"
  >,
  renew: "stored" | "always",
): Promise<Obtained> {
  const { scope, resourceId, definition, secrets, byAdmin } = call;
  const obtained = await obtainCredential(scope, spine.db, spine.send, { resourceId, definition, secrets, renew, byAdmin });
  if (obtained.call) {
    const { request, outcome, secrets: used } = obtained.call;
    const redact = redactorOf([...listSecretValues(definition, secrets), ...used, ...secretHeaderValues(request)]);
    recordCall(spine, call, "token", request, outcome, { redact, failure: obtained.ok ? undefined : obtained.failure.kind });
    await auditBlocked(spine, call, outcome, redact);
  }
  return obtained;
}

async function attemptCall(
  { db, send }: Spine,
  call: Call,
  secrets: StoredSecrets,
): Promise<{ request: HttpRequest | null; outcome: Outcome; opened: Hidden[] }> {
  const { definition } = call;
  const reads = call.variables ? call.request : secretCallOf(definition, call.request);
  const withheld = call.variables && withholdSecrets(definition, call.request);
  if (withheld) return { request: null, outcome: withheld, opened: [] };
  const projectSecrets = await openSecretsFor(call.scope, db, definition, reads, call.byAdmin);
  try {
    const scope = scopeOf(call, secrets, valuesOf(projectSecrets));
    const opened = projectSecrets.length > 0 ? [...projectSecrets, ...listDerivedSecrets(definition, reads, scope)] : [];
    const request = buildRequest(definition, call.request, scope);
    return { request, outcome: await send(request, { timeoutMs: definition.behaviour.timeoutMs }), opened };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const fix = "Correct the field, or the value that was given for it.";
    return { request: null, outcome: unsent("unbuildable", error.message, fix), opened: projectSecrets };
  }
}

const unsent = (failure: FailureKind, message: string, fix: string): Outcome => ({
  kind: "failure",
  failure,
  message,
  fix,
  durationMs: 0,
  url: "",
});

/**
 * Who may choose the host (rules.md), for what a step reads besides the definition. Publishing the workflow asks the same, but the
 * resource may have been given another address since.
 */
function withholdSecrets(definition: ResourceDefinition, request: CallTemplate): Outcome | null {
  const [name] = secretsOfCall(definition, request);
  const [input] = name === undefined ? [] : inputsThatChooseHosts(definition, "requests");
  if (name === undefined || input === undefined) return null;
  return unsent(
    "secret_withheld",
    `secrets.${name} wasn’t sent: inputs.${input} lets each user of this resource choose the host.`,
    "Take the secret out of the step, or end the resource’s API Base URL in a domain of the API.",
  );
}

/** What templates see (rules.md, Credentials 1). */
export function scopeOf(
  call: Pick<Call, "definition" | "user" | "profile" | "variables" | "webhook">,
  secrets: StoredSecrets,
  projectSecrets: Record<string, string> = {},
): TemplateScope {
  const oauth = oauthOf(call.definition);
  const known = { inputs: secrets.inputs, secrets: projectSecrets };
  return {
    ...call.variables,
    ...call.webhook?.variables,
    ...known,
    credentials: oauth
      ? {
          access_token: secrets.accessToken,
          refresh_token: secrets.refreshToken,
          expires_at: secrets.expiresAt,
          // One that is made of secrets is there for those that read it.
          client_id: secretsIn([{ text: oauth.clientId, format: "text" }]).every((name) => name in projectSecrets)
            ? renderTemplate(oauth.clientId, known, "text")
            : undefined,
        }
      : secrets.keys,
    ...(call.user ? { user: call.user } : {}),
    ...(call.profile ? { profile: call.profile } : {}),
  };
}

/** A call that the address guard refused may be an attack: it goes to the audit log, which is never batched. */
export async function auditBlocked(
  { db }: Spine,
  { scope, resourceId, source }: Pick<Call, "scope" | "resourceId" | "source">,
  outcome: Outcome,
  redact: Redactor,
): Promise<void> {
  if (outcome.kind !== "failure" || outcome.failure !== "blocked_address") return;
  const detail = { source, message: redact(outcome.message), url: redactUrl(outcome.url, redact) };
  await recordAudit(db, { ...scope, actor: { kind: "system" }, action: "outbound.blocked", subject: `resource:${resourceId}`, detail });
}

const FAILED_BODY = 8 * 1024;
const TEST_BODY = 64 * 1024;

export function recordCall(
  spine: Pick<Spine, "record">,
  call: Pick<Call, "scope" | "resourceId" | "userId" | "credentialId" | "source" | "requestId" | "run" | "definition">,
  kind: ActivityRow["kind"],
  request: HttpRequest,
  outcome: Outcome,
  /** `answered`: for what came back, where more is to be masked there. */
  { redact, answered = redact, failure }: { redact: Redactor; answered?: Redactor; failure?: string },
): void {
  // A secret may spell like a part of the host ("test", "8080"), which is none: what follows the host is redacted, and a host made of one.
  const { host, pathname, search } = new URL(request.url);
  const oauth = oauthOf(call.definition);
  const address = kind === "token" && oauth ? oauth.accessTokenUrl : call.definition.request.baseUrl;
  const failed = outcome.kind === "failure" || outcome.status >= 400 || failure !== undefined;
  const keepsBody = call.source === "test" ? TEST_BODY : failed ? FAILED_BODY : 0;
  spine.record({
    ...call.scope,
    resourceId: call.resourceId,
    userId: call.userId,
    credentialId: call.credentialId,
    kind,
    source: call.source,
    method: request.method,
    host: hostTemplateOf(address).includes("secrets") ? redact(host) : host,
    path: redactUrl(pathname + search, redact),
    ...(outcome.kind === "answer" ? { status: outcome.status } : {}),
    ...(failure || outcome.kind === "failure" ? { failure: failure ?? (outcome as { failure: string }).failure } : {}),
    durationMs: outcome.durationMs,
    requestId: call.requestId,
    run: call.run,
    ...(keepsBody
      ? {
          detail: {
            request: redactRequest(request, redact, keepsBody),
            ...(outcome.kind === "answer"
              ? { response: redactResponse(outcome, answered, keepsBody) }
              : { failure: { kind: outcome.failure, message: redact(outcome.message), fix: redact(outcome.fix) } }),
          },
        }
      : {}),
  });
}
