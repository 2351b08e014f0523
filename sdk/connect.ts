import { PatchbayError, readBody, toError } from "./patchbay-error.ts";
import type {
  AccountOptions,
  AuthenticatedConnectUser,
  AuthenticateOptions,
  CallOptions,
  ConnectCredential,
  ConnectUser,
  EventOptions,
  IntegrationAccount,
  RequestOptions,
  WorkflowOptions,
  WorkflowSwitchOptions,
} from "./types.ts";

export type * from "./types.ts";
export { PatchbayError };

export type Patchbay = ReturnType<typeof createClient>;

/** One user, from authenticate() until the next one or logout(). An answer that comes later than that changes nothing any more. */
type Session = { base: string; projectId: string; token: string; user: AuthenticatedConnectUser | null };

/** A client for one user at a time. A page needs no more than the ready-made `patchbay`; a back end makes one for each user. */
export function createClient(options: { host?: string } = {}) {
  let base = toBase(options.host);
  let session: Session | null = null;

  function current(): Session {
    if (session) return session;
    throw refusal("unauthenticated", "Call authenticate(projectId, token) first.");
  }

  /** A call to Patchbay itself, as against one that goes through to an API. */
  async function ask<T>(of: Session, path: string, init: RequestInit, signal?: AbortSignal): Promise<T> {
    const answer = await send(of, path, { ...init, signal });
    if (answer.ok) return (await readBody(answer)) as T;
    // The token has ended, or its key has: nothing of this user's will work. But what a workflow answers is no word about the token.
    if (answer.status === 401 && !answer.headers.has("x-run-id")) leave(of);
    throw await toError(answer);
  }

  function leave(of: Session): void {
    if (session === of) session = null;
  }

  /** Disconnected when there is no credential. So what getUser() tells stays true without asking again. */
  function note({ user }: Session, id: string, credential?: ConnectCredential): void {
    const { id: credentialId, status: credentialStatus, providerId, providerData } = credential ?? {};
    const allCredentials = credential ? [credential] : [];
    for (const resource of user!.resources.filter((one) => one.id === id)) {
      Object.assign(resource, { credentialId, credentialStatus });
      const enabled = credentialStatus === "VALID";
      user!.integrations[resource.slug] = { enabled, credentialId, credentialStatus, providerId, providerData, allCredentials };
    }
  }

  /** Sets the host for all later users. `overrides` is what the published client takes: its ZEUS_PUBLIC_URL is the API base. */
  function configureGlobal({ host }: { host: string }, overrides: { ZEUS_PUBLIC_URL?: string } = {}): void {
    base = toBase(overrides.ZEUS_PUBLIC_URL ?? host);
  }

  /** Says who the user is: `token` is the user token that your back end signed. Rejects when Patchbay refuses it. */
  async function authenticate(projectId: string, token: string, { host, metadata, signal }: AuthenticateOptions = {}): Promise<void> {
    if (host) base = toBase(host);
    if (!base) throw refusal("configuration", "Say where your Patchbay is: authenticate(projectId, token, { host }).");
    const mine: Session = { base, projectId, token, user: null };
    session = mine;
    try {
      mine.user = toUser(await ask(mine, "/me", metadata ? asJson("PATCH", { meta: metadata }) : {}, signal));
    } catch (error) {
      leave(mine);
      throw error;
    }
  }

  /** A copy of what is known about the user: their metadata, and which resources they are connected to. */
  function getUser(): ConnectUser {
    return session?.user ? structuredClone(session.user) : { authenticated: false };
  }

  function logout(): void {
    session = null;
  }

  /** Replaces what your app tells about the user. */
  async function setUserMetadata(meta: Record<string, unknown>, { signal }: CallOptions = {}): Promise<AuthenticatedConnectUser> {
    const mine = current();
    mine.user = toUser(await ask(mine, "/me", asJson("PATCH", { meta }), signal));
    return structuredClone(mine.user);
  }

  /** Connects the user to a resource with the values it asks for: Required Inputs, and tokens or API keys. */
  async function connectAction(
    resourceName: string,
    payload: Record<string, unknown>,
    { signal }: CallOptions = {},
  ): Promise<ConnectCredential> {
    const mine = current();
    const id = resourceId(mine, resourceName);
    const credential = await ask<ConnectCredential>(mine, `/resources/${id}/connect`, asJson("POST", payload), signal);
    note(mine, id, credential);
    return credential;
  }

  /** The user's credential for a resource, as it stands now. */
  async function getIntegrationAccount(resourceName: string, options: AccountOptions = {}): Promise<IntegrationAccount> {
    const mine = current();
    const id = resourceId(mine, resourceName);
    const account = await ask<IntegrationAccount>(mine, `/credentials?integration=${id}`, selecting(options), options.signal);
    note(mine, id, account);
    return account;
  }

  /** Disconnects the user: Patchbay forgets their credential for this resource. */
  async function uninstallIntegration(resourceName: string, options: AccountOptions = {}): Promise<void> {
    const mine = current();
    const id = resourceId(mine, resourceName);
    await ask(mine, `/integrations/${id}`, { ...selecting(options), method: "DELETE" }, options.signal);
    note(mine, id);
  }

  /**
   * Sends a request through a resource, with the user's credential. Resolves with what the API answered: parsed JSON, text, or
   * undefined when there was nothing in it. Rejects with a PatchbayError for any answer but 2xx.
   */
  async function request<T = unknown>(resourceName: string, path: string, init: RequestOptions = {}): Promise<T | undefined> {
    const answer = await requestRaw(resourceName, path, init);
    if (!answer.ok) throw await toError(answer);
    return (await readBody(answer)) as T | undefined;
  }

  /** The same as a Response, whatever its status: `body` is a stream. */
  async function requestRaw(resourceName: string, path: string, { body, headers, ...rest }: RequestOptions = {}): Promise<Response> {
    const isData = Array.isArray(body) || Object.prototype.toString.call(body) === "[object Object]";
    const allHeaders = new Headers(headers);
    // "auto": Patchbay looks whether it is JSON.
    const type = isData ? "application/json" : typeof body === "string" ? "auto" : null;
    if (type && !allHeaders.has("content-type")) allHeaders.set("content-type", type);
    // As the API sent it: the published client wants JSON in an envelope.
    allHeaders.set("x-paragon-use-raw-response", "true");
    return await send(current(), `/proxy/${encode(resourceName)}/${path.replace(/^\//, "")}`, {
      ...rest,
      headers: allHeaders,
      body: isData ? JSON.stringify(body) : (body as BodyInit),
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    });
  }

  /** Tells of an App Event: each workflow that listens for it, and is enabled for the user, runs. Rejects a name nobody listens for. */
  async function event(name: string, payload: Record<string, unknown>, { signal }: EventOptions = {}): Promise<void> {
    await ask(current(), "/events/trigger", asJson("POST", { name, payload }), signal);
  }

  /**
   * Runs a workflow that begins with a Request. Resolves with what its Response step answers, or with undefined at once when it has
   * none. Rejects with a PatchbayError for any answer but 2xx.
   */
  async function workflow<T = unknown>(workflowId: string, options: WorkflowOptions = {}): Promise<T | undefined> {
    const { body = {}, query, headers: given, signal } = options;
    const headers = new Headers(given);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    const init = { ...asJson("POST", body), headers };
    return await ask<T | undefined>(current(), `/triggers/${encode(workflowId)}?${new URLSearchParams(query)}`, init, signal);
  }

  /** Lets a workflow run for the user. */
  async function enableWorkflow(workflowId: string, options: WorkflowSwitchOptions = {}): Promise<void> {
    await turn(workflowId, true, options);
  }

  /** From now on the workflow doesn't start for the user; runs that have begun go on. */
  async function disableWorkflow(workflowId: string, options: WorkflowSwitchOptions = {}): Promise<void> {
    await turn(workflowId, false, options);
  }

  async function turn(id: string, enabled: boolean, { signal }: WorkflowSwitchOptions): Promise<void> {
    const mine = current();
    await ask(mine, `/workflows/${encode(id)}`, { method: enabled ? "POST" : "DELETE" }, signal);
    for (const one of mine.user!.workflows) if (one.id === id) one.enabled = enabled;
  }

  return {
    configureGlobal,
    authenticate,
    getUser,
    logout,
    setUserMetadata,
    connectAction,
    getIntegrationAccount,
    uninstallIntegration,
    request,
    requestRaw,
    event,
    workflow,
    enableWorkflow,
    disableWorkflow,
  };
}

/** The one client of a page. */
export const patchbay = createClient();

async function send({ base, projectId, token }: Session, path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(`${base}/projects/${encode(projectId)}/sdk${path}`, { ...init, headers });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new PatchbayError(`No answer from ${base}. Check the host and your connection.`, { status: 0, code: "network", cause });
  }
}

function resourceId({ user }: Session, name: string): string {
  const found = user?.resources.find(({ slug, id }) => slug === name || id === name);
  if (found) return found.id;
  throw refusal("not_found", `There is no resource "${name}" for this user. getUser().resources lists those there are.`);
}

function toUser({ userId, meta, integrations, resources, workflows }: AuthenticatedConnectUser): AuthenticatedConnectUser {
  return { authenticated: true, userId, meta, integrations, resources, workflows };
}

const encode = encodeURIComponent;

function asJson(method: string, body: unknown): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

function selecting({ selectedCredentialId }: AccountOptions): RequestInit {
  return selectedCredentialId ? { headers: { "X-Paragon-Credential": selectedCredentialId } } : {};
}

function refusal(code: string, message: string): PatchbayError {
  return new PatchbayError(message, { status: 0, code });
}

function toBase(host = ""): string {
  return (host && !/^https?:\/\//.test(host) ? `https://${host}` : host).replace(/\/+$/, "");
}
