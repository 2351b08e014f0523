import type { Database } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Hidden } from "#lib/activity/find-secrets.ts";
import { type Redactor, redactorOf } from "#lib/activity/redact.ts";
import { openClientSecret } from "#lib/resources/draft-secrets.ts";
import { hostRuleOf } from "#lib/resources/host-rule.ts";
import { listDerivedSecrets, openSecretsFor, valuesOf } from "#lib/resources/open-secrets-for.ts";
import { inputsOf, oauthOf } from "#lib/resources/read-definition.ts";
import type { OAuthSettings, ResourceDefinition } from "#lib/resources/schema.ts";
import { renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import type { HttpRequest, Outcome, Send } from "#lib/transport/schema.ts";
import { listSecretValues } from "./list-secret-values.ts";
import type { StoredSecrets } from "./schema.ts";
import { buildTokenRequest, type IssuedTokens, processTokenResponse, type TokenFailure, type TokenGrant } from "./token-endpoint.ts";

/** A token call stays below the refresh lease of 40 s (rules.md, Doors 3). */
const TOKEN_CALL_MS = 25_000;

/** A token call as it went, for the test's first lane and the activity log. */
export type TokenCall = {
  request: HttpRequest;
  outcome: Outcome;
  grant: TokenGrant["type"];
  result: { ok: true; tokens: IssuedTokens } | { ok: false; failure: TokenFailure };
  /** Values that went out or came back and must never be seen. */
  secrets: Hidden[];
};

export type Obtained =
  /** `secrets` holds the tokens to use; `call` is there when a token call was made. */
  | { ok: true; secrets: StoredSecrets; call?: TokenCall }
  /** The call that failed, or a refusal of our own before any call. */
  | { ok: false; call?: TokenCall; failure: TokenFailure };

export type ObtainInput = {
  resourceId: string;
  definition: ResourceDefinition;
  secrets: StoredSecrets;
  /** `stored`: only when there is no usable token. `always`: make the token call if the type has one (test, 401). */
  renew: "stored" | "always";
  /** An admin sends this: then project secrets may go to hosts that they never went to (open-secrets-for). */
  byAdmin?: boolean;
};

/**
 * Tokens for a candidate credential in memory: fresh ones by a token call where the authentication type has one, else those that
 * were supplied. Nothing is stored; the caller commits what it keeps. `send` is handed in.
 */
export async function obtainCredential(
  scope: Scope,
  db: Database,
  send: Send,
  { resourceId, definition, secrets, renew, byAdmin }: ObtainInput,
): Promise<Obtained> {
  const oauth = oauthOf(definition);
  if (!oauth) return { ok: true, secrets };
  const grant = grantOf(definition, secrets);
  if (!grant) return { ok: true, secrets };
  if (renew === "stored" && secrets.accessToken) return { ok: true, secrets };

  const projectSecrets = await openSecretsFor(scope, db, definition, "token", byAdmin);
  const values: TemplateScope = { inputs: secrets.inputs, secrets: valuesOf(projectSecrets) };
  let tokenScope: TemplateScope;
  let request: HttpRequest;
  let clientSecret: string | undefined;
  try {
    clientSecret = await clientSecretOf(scope, db, resourceId, definition, oauth, secrets);
    tokenScope = {
      ...values,
      credentials: {
        client_id: renderTemplate(oauth.clientId, values, "text"),
        client_secret: clientSecret,
        refresh_token: secrets.refreshToken,
        access_token: secrets.accessToken,
      },
    };
    request = buildTokenRequest({
      oauth,
      grant,
      clientSecret,
      scope: tokenScope,
      hostRule: hostRuleOf(definition, "token"),
    });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return {
      ok: false,
      failure: {
        kind: "refused",
        message: `The token call can't be built. ${error.message}`,
        fix: "Correct the field, or the value that was given for it.",
      },
    };
  }

  const outcome = await send(request, { timeoutMs: TOKEN_CALL_MS });
  const answered = processTokenResponse(oauth, grant.type, outcome, databaseNow());
  const known = [
    ...projectSecrets,
    ...(projectSecrets.length > 0 ? listDerivedSecrets(definition, "token", tokenScope) : []),
    clientSecret,
    secrets.refreshToken,
    secrets.accessToken,
    ...(answered.ok ? [answered.tokens.accessToken, answered.tokens.refreshToken] : []),
  ];
  // An error code or a field's name may echo what was sent.
  const redact = redactorOf([...listSecretValues(definition, secrets), ...known]);
  const result = answered.ok ? answered : { ok: false as const, failure: redactFailure(answered.failure, redact) };
  const call: TokenCall = {
    request,
    outcome,
    grant: grant.type,
    result,
    secrets: known.filter((value) => value !== undefined),
  };
  if (!result.ok) return { ok: false, call, failure: result.failure };
  const { accessToken, refreshToken = secrets.refreshToken, tokenType, scope: granted, expiresAt, lifetimeSeconds } = result.tokens;
  return { ok: true, call, secrets: { ...secrets, accessToken, refreshToken, tokenType, scope: granted, expiresAt, lifetimeSeconds } };
}

const redactFailure = ({ kind, message, fix }: TokenFailure, redact: Redactor): TokenFailure => ({
  kind,
  message: redact(message),
  fix: redact(fix),
});

export function grantOf(definition: ResourceDefinition, secrets: StoredSecrets): TokenGrant | undefined {
  if (definition.authType === "oauth2_client_credentials") return { type: "client_credentials" };
  return secrets.refreshToken ? { type: "refresh_token", refreshToken: secrets.refreshToken } : undefined;
}

/** The shared sealed secret, or the user's own from a secret Required Input. */
async function clientSecretOf(
  scope: Scope,
  db: Database,
  resourceId: string,
  definition: ResourceDefinition,
  oauth: OAuthSettings,
  secrets: StoredSecrets,
): Promise<string | undefined> {
  if (oauth.clientAuthentication === "none" || !oauth.clientSecret) return undefined;
  if (oauth.clientSecret.kind === "input") return secrets.inputs[oauth.clientSecret.key];
  const { clientSecret, accessTokenUrl } = oauth;
  return await openClientSecret(scope, db, { resourceId, id: clientSecret.id, accessTokenUrl, inputs: inputsOf(definition) });
}
