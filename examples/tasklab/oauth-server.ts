import { randomBytes, randomUUID } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, jwtVerify } from "jose";
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from "oidc-provider";
import { type Answer, jsonAnswer } from "./answer.ts";
import { CLIENTS, personFor } from "./demo-values.ts";
import type { EventLog } from "./event-log.ts";
import { TokenStore } from "./token-store.ts";

const AUDIENCE = "https://api.tasklab.example";
const SCOPE = "tasks.read tasks.write";
const FORTNIGHT = 14 * 24 * 60 * 60;

export interface TokenCall {
  method: string;
  /** A path that oidc-provider knows: /oauth/token, /oauth/revoke, /jwks or discovery. No tenant. */
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
  /** Seconds; overrides the usual lifetime of access tokens. */
  lifetime: number;
  rotate: boolean;
}

export interface TokenOutcome extends Answer {
  /** Why the call was refused, in more words than OAuth's own answer. */
  error?: string;
}

export interface MintedTokens {
  sub: string;
  client_id: string;
  access_token: string;
  refresh_token: string;
  token_type: "Bearer";
  expires_in: number;
}

export interface TokenHolder {
  sub: string;
  client: string;
  /** Same for all tokens that descend from one mint; the client id for client credentials. */
  family: string;
  token: string;
}

export interface OAuthServer {
  /** Which client a token call names and which grant it asks for; nothing is checked yet. */
  read(headers: IncomingMessage["headers"], body: Buffer): { client?: string; grant?: string };
  answer(call: TokenCall): Promise<TokenOutcome>;
  mint(wish: { clientId: string; sub: string; lifetime: number; dead: boolean }): Promise<MintedTokens>;
  /** Who holds this access token, or null when it is unknown, expired, or its family was revoked. */
  holder(accessToken: string): Promise<TokenHolder | null>;
}

/** What oidc-provider's hooks need to know about the call they are in. */
const calls = new WeakMap<IncomingMessage, TokenCall>();

/**
 * oidc-provider with refresh (rotation on, reuse kills the family) and client credentials grants.
 * `issuer` is http://localhost:<port>; the tenants' token URLs all lead here.
 */
export async function createOAuthServer(issuer: string, log: EventLog): Promise<OAuthServer> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
  const verificationKeys = createLocalJWKSet({ keys: [{ kty: "RSA", n: jwk.n!, e: jwk.e!, kid: jwk.kid, alg: "RS256", use: "sig" }] });
  const countReuse = () => {
    log.counters.reuseDetected += 1;
  };
  const store = new TokenStore(countReuse);
  const provider = new Provider(issuer, configure(store, jwk));
  const details = new WeakMap<IncomingMessage, string>();

  // Emitted only when a consumed refresh token came back; revocation by hand has its own event.
  provider.on("grant.revoked", (ctx: KoaContextWithOIDC) => {
    if (ctx.path === "/oauth/token") countReuse();
  });
  provider.on("grant.error", (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    details.set(ctx.req, error.error_detail ?? error.error_description ?? error.message);
  });
  provider.on("server_error", (_ctx: KoaContextWithOIDC, error: Error) => {
    process.stderr.write(`TaskLab: its OAuth server failed: ${error.stack ?? error.message}\n`);
  });
  const handle = provider.callback();

  return {
    read: (headers, body) => {
      const call = fromJson({ headers, body });
      return readTokenCall(call.headers, call.body);
    },

    async answer(received) {
      const call = fromJson(received);
      const request = toRequest(call);
      calls.set(request, call);
      return refuseOtherPlace(call, isJson(received)) ?? { ...(await captureAnswer(handle, request)), error: details.get(request) };
    },

    async mint({ clientId, sub, lifetime, dead }) {
      const client = await provider.Client.find(clientId);
      if (!client) throw new Error(`no client ${clientId}`);
      const grant = new provider.Grant({ clientId, accountId: sub });
      grant.addResourceScope(AUDIENCE, SCOPE);
      const grantId = await grant.save();
      const shared = { accountId: sub, client, grantId, gty: "mint", scope: SCOPE };

      const access = new provider.AccessToken({ ...shared, expiresIn: lifetime } as ConstructorParameters<typeof provider.AccessToken>[0]);
      access.resourceServer = new provider.ResourceServer(AUDIENCE, resourceServerFor(clientId));
      const accessToken = await access.save();
      const refresh = new provider.RefreshToken({ ...shared, resource: AUDIENCE, rotations: 0 } as ConstructorParameters<
        typeof provider.RefreshToken
      >[0]);
      const refreshToken = await refresh.save();
      if (dead) await access.destroy();

      log.counters.minted += 1;
      return {
        sub,
        client_id: clientId,
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: "Bearer",
        expires_in: lifetime,
      };
    },

    async holder(accessToken) {
      if (accessToken.split(".").length === 3) {
        const claims = await readJwt(accessToken);
        if (!claims) return null;
        const family = String(claims.grant_id ?? claims.client_id);
        if (claims.grant_id && !(await provider.Grant.find(family))) return null;
        return { sub: String(claims.sub), client: String(claims.client_id), family, token: String(claims.jti) };
      }
      const user = await provider.AccessToken.find(accessToken);
      if (user?.grantId && (await provider.Grant.find(user.grantId))) {
        return { sub: user.accountId, client: user.clientId!, family: user.grantId, token: user.jti };
      }
      const service = await provider.ClientCredentials.find(accessToken);
      return service ? { sub: service.clientId!, client: service.clientId!, family: service.clientId!, token: service.jti } : null;
    },
  };

  async function readJwt(token: string): Promise<JWTPayload | null> {
    try {
      const { payload } = await jwtVerify(token, verificationKeys, {
        issuer,
        audience: AUDIENCE,
        algorithms: ["RS256"],
        requiredClaims: ["exp"],
      });
      return payload;
    } catch {
      return null;
    }
  }
}

function configure(store: TokenStore, jwk: object): Configuration {
  const accessTokenLifetime = (ctx: KoaContextWithOIDC | undefined) => (ctx && calls.get(ctx.req)?.lifetime) || 300;
  return {
    adapter: (model: string) => store.adapterFor(model),
    clients: CLIENTS.map((client) => ({
      client_id: client.id,
      ...(client.secret === null ? {} : { client_secret: client.secret }),
      token_endpoint_auth_method: client.authentication,
      grant_types: [client.grant],
      response_types: [],
      redirect_uris: [],
      scope: SCOPE,
    })),
    jwks: { keys: [jwk] } as Configuration["jwks"],
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    scopes: SCOPE.split(" "),
    responseTypes: [],
    // Nobody asks this at mint, but the library offers the refresh grant only where it is set.
    issueRefreshToken: async () => true,
    routes: { token: "/oauth/token", revocation: "/oauth/revoke", jwks: "/jwks" },
    findAccount: async (_ctx, sub) => {
      const { email, name } = personFor(sub);
      return { accountId: sub, claims: async () => ({ sub, email, name }) };
    },
    rotateRefreshToken: (ctx) => calls.get(ctx.req)?.rotate ?? true,
    clientBasedCORS: () => true,
    extraTokenClaims: async (_ctx, token) => {
      if (!("accountId" in token)) return undefined;
      const { email, name } = personFor(token.accountId);
      // The family travels in the JWT, so that killing a family kills its JWTs too.
      return { email, name, grant_id: token.grantId };
    },
    ttl: {
      AccessToken: accessTokenLifetime,
      ClientCredentials: accessTokenLifetime,
      RefreshToken: FORTNIGHT,
      Grant: FORTNIGHT,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource, client) => {
          if (resource !== AUDIENCE) throw new errors.InvalidTarget();
          return resourceServerFor(client.clientId);
        },
      },
    },
  };
}

function resourceServerFor(clientId: string) {
  const jwt = CLIENTS.find((client) => client.id === clientId)?.jwt;
  return { scope: SCOPE, audience: AUDIENCE, accessTokenFormat: jwt ? ("jwt" as const) : ("opaque" as const) };
}

/** oidc-provider reads the body itself, and ours was read already: it gets a request of its own. */
function toRequest(call: TokenCall): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = call.method;
  request.url = call.path;
  request.headers = call.headers;
  if (call.body.length > 0) request.push(call.body);
  request.complete = true;
  request.push(null);
  return request;
}

/** Koa answers JSON by one `end(body)`, which is caught here so that switches can change the answer. */
function captureAnswer(handle: ReturnType<Provider["callback"]>, request: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const response = new ServerResponse(request);
    response.end = ((body?: string | Buffer) => {
      const { "content-length": _length, ...headers } = response.getHeaders();
      resolve({ status: response.statusCode, headers: headers as Answer["headers"], body: body ?? "" });
      return response;
    }) as typeof response.end;
    Promise.resolve(handle(request, response)).catch(reject);
  });
}

const isJson = ({ headers }: Pick<TokenCall, "headers">): boolean => /^application\/json\b/i.test(headers["content-type"] ?? "");

/** oidc-provider reads forms alone: a JSON object of strings becomes one. Anything else goes on as it is, and is refused there. */
function fromJson<Call extends Pick<TokenCall, "headers" | "body">>(call: Call): Call {
  if (!isJson(call)) return call;
  try {
    const fields = JSON.parse(call.body.toString()) as Record<string, string>;
    const body = Buffer.from(new URLSearchParams(fields).toString());
    const headers = { ...call.headers, "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
    return { ...call, headers, body };
  } catch {
    return call;
  }
}

function readTokenCall(headers: IncomingMessage["headers"], body: Buffer) {
  const form = new URLSearchParams(body.toString());
  return { client: form.get("client_id") ?? basicUser(headers.authorization), grant: form.get("grant_type") ?? undefined };
}

/**
 * oidc-provider takes a client secret in the header as well as in the body, whichever the client registered. Many servers don't,
 * and those are the ones that *Include Client ID and Secret* is for: so TaskLab is as strict, and says which place it wants.
 */
function refuseOtherPlace(call: TokenCall, asJson: boolean): TokenOutcome | null {
  const { client: id } = readTokenCall(call.headers, call.body);
  const client = CLIENTS.find((candidate) => candidate.id === id);
  if (!client || call.method !== "POST") return null;
  const inHeader = call.headers.authorization !== undefined;
  const inBody = new URLSearchParams(call.body.toString()).has("client_secret");
  const used = inHeader ? "client_secret_basic" : inBody ? "client_secret_post" : "none";
  if (asJson !== Boolean(client.json)) {
    const description = `The client ${client.id} has to send its token calls as ${client.json ? "JSON" : "a form"}.`;
    return {
      ...jsonAnswer(401, { error: "invalid_client", error_description: description }, { "cache-control": "no-store" }),
      error: description,
    };
  }
  if (used === client.authentication || (used === "none" && client.secret !== null)) return null;

  const wanted = {
    client_secret_basic: "its ID and secret in an HTTP Basic header",
    client_secret_post: "its ID and secret in the request body",
    none: "its ID alone in the request body",
  };
  const description = `The client ${client.id} has to send ${wanted[client.authentication]}.`;
  const answer = jsonAnswer(401, { error: "invalid_client", error_description: description }, { "cache-control": "no-store" });
  return { ...answer, error: description };
}

function basicUser(authorization: string | undefined): string | undefined {
  const encoded = authorization?.match(/^Basic\s+(\S+)$/i)?.[1];
  return encoded && Buffer.from(encoded, "base64").toString().split(":")[0];
}
