import { type Connection, createDatabase } from "#db/client.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { takeDue } from "#db/queries/live-credentials.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listUsers } from "#db/queries/users.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { callApi, keepingAgent } from "./call-api.ts";
import { type Gateway, openParts, type Parts } from "./faults/open-parts.ts";
import { proxiedPath } from "./proxied-path.ts";
import { apiKeyDraft, publishDraft } from "./publish-draft.ts";
import type { ApiAsks } from "./recorders/api.ts";
import { startRecorder } from "./recorders/start-recorder.ts";
import { against, median, ms, percentile, printTable, ratio, seconds } from "./report.ts";
import { sealedUsers, seedUsers } from "./seed-users.ts";
import { createUserTokenSigner } from "./sign-user-tokens.ts";

const SIZES = { small: 1_000, large: Number(process.env.BENCH_USERS ?? 1_000_000) };
const CALLS = 200;
const WARM_UP = 40;
/** Users that hold a real secret, for the proxied calls. */
const SEALED = 200;
const DUE = 50;

type World = Connection & {
  name: keyof typeof SIZES;
  scope: Scope;
  tokens: string[];
  resourceId: string;
  gateway: Gateway;
  seedMs: number;
};
type Operation = { name: string; run: (world: World, index: number) => Promise<number> };

/** Two databases of one Postgres, one with a thousand users and one with a million; each call is made on both, one right after the other. */
export async function measureGrowth(): Promise<void> {
  const api = await startRecorder<ApiAsks>("api");
  const parts = await openParts({ outboundPorts: [api.ports.http!] });
  const worlds: World[] = [];
  try {
    for (const name of ["small", "large"] as const) worlds.push(await makeWorld(parts, name, `http://127.0.0.1:${api.ports.http}`));
    const rows: string[][] = [];
    for (const operation of OPERATIONS) rows.push(await compare(operation, worlds));
    printTable({
      title: `Growth from ${words(SIZES.small)} to ${words(SIZES.large)} connected users, p50 of ${CALLS} interleaved calls each`,
      head: ["", words(SIZES.small), words(SIZES.large), "ratio", "bar 1.5", "p99", "p99"],
      rows,
      notes: [
        `seeded in ${worlds.map(({ seedMs }) => seconds(seedMs)).join(" and ")}, analyzed; the worker is off, so that nothing else takes what is due`,
      ],
    });
  } finally {
    await Promise.all(worlds.map(({ close }) => close()));
    await parts.end();
    await api.end();
  }
}

const words = (amount: number) => amount.toLocaleString("en-US");

async function makeWorld(parts: Parts, name: keyof typeof SIZES, apiOrigin: string): Promise<World> {
  await parts.sql`create database ${parts.sql(name)}`;
  const url = parts.databaseUrl.replace(/\/postgres$/, `/${name}`);
  await migrateDatabase(url);
  const database = createDatabase(url, { max: 4, applicationName: "patchbay bench" });
  const admin = await createFirstAdmin(database.db, { email: "ada@example.com", password: "correct horse battery staple" });
  const actor: Actor = { kind: "member", id: admin!.memberId };
  const scope: Scope = { projectId: admin!.projectId };
  const resourceId = await publishDraft({ db: database.db, actor }, scope, "Seeded", apiKeyDraft(apiOrigin));
  const amount = SIZES[name];
  const began = performance.now();
  await seedUsers(database.sql, scope, {
    resourceId,
    authType: "api_key",
    amount,
    sealed: SEALED,
    invalid: 0.1,
    refreshAt: "now() + make_interval(secs => 3600 + random() * 86400)",
  });
  const seedMs = performance.now() - began;
  const signer = await createUserTokenSigner(scope, database.db, actor);
  const tokens = sealedUsers({ amount, sealed: SEALED }).map((sub) => signer.signToken(sub));
  const gateway = await parts.startGateway({ DATABASE_URL: url, PATCHBAY_WORKER: "off" });
  return { ...database, name, scope, tokens, resourceId, gateway, seedMs };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await act();
  return performance.now() - before;
}

const NO_FILTER = { q: "", status: null, resourceId: null } as const;
const rolledBack = new Error("rolled back");
const agent = keepingAgent(1);

const OPERATIONS: Operation[] = [
  { name: "users, newest page", run: ({ scope, sql }) => timed(() => listUsers(scope, sql, NO_FILTER, null)) },
  {
    name: "users, search by id",
    run: ({ scope, sql }, index) => timed(() => listUsers(scope, sql, { ...NO_FILTER, q: `seeded-${index % 100}` }, null)),
  },
  {
    name: "users, search by email",
    run: ({ scope, sql }, index) =>
      timed(() => listUsers(scope, sql, { ...NO_FILTER, q: (index % 256).toString(16).padStart(2, "0") }, null)),
  },
  { name: "users, status filter", run: ({ scope, sql }) => timed(() => listUsers(scope, sql, { ...NO_FILTER, status: "INVALID" }, null)) },
  {
    name: "proxied call",
    run: async ({ gateway, scope, resourceId, tokens }, index) => {
      const called = await callApi({
        url: gateway.origin + proxiedPath(scope.projectId, resourceId, "/tasks"),
        token: tokens[index % SEALED]!,
        agent,
      });
      if (called.status !== 200) throw new Error(`A proxied call was answered ${called.status}: ${called.body}`);
      return called.ms;
    },
  },
  { name: "refresh scan, nothing due", run: ({ sql }) => timed(() => takeDue(sql, "refresh_at", 200, 90)) },
  { name: `refresh scan, ${DUE} due`, run: takeSomeDue },
];

/** Rolled back, so that the same are due again. */
async function takeSomeDue({ sql, scope }: World): Promise<number> {
  let took = Number.NaN;
  await sql
    .begin(async (tx) => {
      await tx`
        update credential set refresh_at = now() - interval '1 minute' where (project_id, id) in (
          select project_id, id from credential where project_id = ${scope.projectId} order by id limit ${DUE})`;
      took = await timed(() => takeDue(tx as unknown as World["sql"], "refresh_at", 200, 90));
      throw rolledBack;
    })
    .catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
  return took;
}

async function compare({ name, run }: Operation, worlds: World[]): Promise<string[]> {
  const times = worlds.map((): number[] => []);
  for (let index = -WARM_UP; index < CALLS; index++) {
    for (const [number, world] of worlds.entries()) {
      const took = await run(world, index + WARM_UP);
      if (index >= 0) times[number]!.push(took);
    }
  }
  const [small, large] = times.map((each) => median(each)) as [number, number];
  return [
    name,
    ms(small),
    ms(large),
    ratio(large / small),
    against(large / small, { most: 1.5 }),
    ...times.map((each) => ms(percentile(each, 0.99))),
  ];
}
