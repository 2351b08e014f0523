import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Connection, createDatabase } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { ROOT } from "#server/start/places.ts";
import { type Started, startApp } from "../e2e/fixtures/start-app.ts";
import { publishDraft } from "./publish-draft.ts";
import { createUserTokenSigner, type UserTokenSigner } from "./sign-user-tokens.ts";

/** A Patchbay as `npm start` runs it, with what the benchmarks need inside. */
export type Product = Connection &
  UserTokenSigner & {
    app: Started["app"];
    pid: number;
    scope: Scope;
    actor: Actor;
    /** A live API-key resource; `names` resources in all, for the list page. */
    resourceId: string;
    end(): Promise<void>;
  };

export const ADMIN = { email: "ada@example.com", password: "correct horse battery staple" };
export const LISTED_RESOURCES = 50;

/** `outboundPorts`: those of 127.0.0.1 that outgoing calls may reach besides TaskLab's. */
export async function openProduct({ outboundPorts = [] }: { outboundPorts?: number[] } = {}): Promise<Product> {
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-bench-"));
  // As root the database runs as another user, who has to get in.
  await chmod(folder, 0o755);
  const keys = `k1:${randomBytes(32).toString("base64")}`;
  const { app, pid, stop } = await startApp(folder, {
    PATCHBAY_ADMIN_EMAIL: ADMIN.email,
    PATCHBAY_ADMIN_PASSWORD: ADMIN.password,
    PATCHBAY_KEYS: keys,
    OUTBOUND_ALLOW: outboundPorts.map((port) => `127.0.0.1/32:${port}`).join(","),
    // A whole load from one machine is what they are there against.
    RATE_LIMIT_USER: "0",
    RATE_LIMIT_PROJECT: "0",
    RUN_INPUTS_USER: "0",
    RUN_INPUTS_PROJECT: "0",
    // As start.mjs does: programs stripped of their types and compiled are kept.
    NODE_COMPILE_CACHE: path.join(ROOT, "node_modules/.cache/node"),
  });
  Object.assign(process.env, { DATABASE_URL: app.databaseUrl, PATCHBAY_KEYS: keys });
  const database = createDatabase(app.databaseUrl, { max: 2, applicationName: "patchbay bench" });
  const end = async () => {
    await database.close();
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...database, ...(await furnish(database)), app, pid, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function furnish({ db, sql }: Connection) {
  const [first] = await sql<{ projectId: string; memberId: string }[]>`
    select project_id as "projectId", member_id as "memberId" from project_member`;
  if (!first) throw new Error("The first admin has no project.");
  const scope: Scope = { projectId: first.projectId };
  const actor: Actor = { kind: "member", id: first.memberId };

  const signer = await createUserTokenSigner(scope, db, actor);
  let resourceId = "";
  for (let number = 1; number <= LISTED_RESOURCES; number++) {
    const id = await publishDraft({ db, actor }, scope, `Resource ${number}`, DRAFT);
    resourceId ||= id;
  }
  await sql`analyze`;
  return { scope, actor, resourceId, ...signer };
}

/** Connects without a call to anybody's API: what is measured is ours alone. */
const DRAFT = {
  level: "user",
  authType: "api_key",
  inputs: [{ key: "tenant", title: "Tenant", placeholder: "northgate", accepts: { kind: "pattern", pattern: "[a-z][a-z0-9-]{1,30}" } }],
  apiKeys: [
    { name: "username", label: "Username", secret: false },
    { name: "password", label: "Password" },
  ],
  request: { baseUrl: "https://api.example.com/{{inputs.tenant}}" },
  test: { request: { path: "/tasks" } },
};
