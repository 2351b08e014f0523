import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { connectPath } from "#lib/paths.ts";
import { applyLoad, type LoadResult } from "./apply-load.ts";
import { type Product, USERS } from "./open-product.ts";
import { against, interleave, median, ms, perSecond, printTable, ratio } from "./report.ts";

const CONNECTIONS = 16;
const SETTLED = 20_000;
const BASELINE = path.join(import.meta.dirname, "baselines/connect.ts");

type Contender = { name: string; origin: string; prefix: string; amount: number; forgetUsers: () => Promise<unknown> };
type Case = "first connect" | "changed values" | "repeated connect";
const CASES: Case[] = ["first connect", "changed values", "repeated connect"];

/** Connect calls on the gateway and on the Next mount, beside the least code that does the same work in a process of its own. */
export async function measureConnect(product: Product, rounds = 5): Promise<void> {
  const { sql, app } = product;
  const baseline = await startBaseline(product);
  await settleUsers(product);
  const forgetUsers = async () => {
    await sql`delete from connected_user where external_id like 'user-%'`;
    await sql`vacuum analyze connected_user, credential, credential_event`;
  };
  const contenders: Contender[] = [
    {
      name: "bare node:http",
      origin: baseline.origin,
      prefix: "",
      amount: USERS,
      forgetUsers: async () => {
        await sql`delete from limit_credential where user_id in (select id from limit_user where external_id like 'user-%')`;
        await sql`delete from limit_user where external_id like 'user-%'`;
        await sql`vacuum analyze limit_user, limit_credential, limit_event`;
      },
    },
    { name: "gateway", origin: local(app.gateway), prefix: "", amount: USERS, forgetUsers },
    { name: "Next mount", origin: local(app.web), prefix: "/api", amount: USERS / 4, forgetUsers },
  ];
  try {
    for (const contender of contenders) for (const which of CASES) await run(product, contender, which, CONNECTIONS, contender.amount / 2);
    for (const which of CASES) printCase(which, await loaded(product, contenders, which, rounds), CONNECTIONS);
    for (const which of CASES) printCase(which, await loaded(product, contenders, which, rounds, 1, 300), 1);
  } finally {
    baseline.child.disconnect();
  }
}

function loaded(product: Product, contenders: Contender[], which: Case, rounds: number, connections = CONNECTIONS, amount?: number) {
  return interleave(
    rounds,
    Object.fromEntries(
      contenders.map((contender) => [contender.name, () => run(product, contender, which, connections, amount ?? contender.amount)]),
    ),
  );
}

let values = 0;

/** First connects start from no users; the other two from users that are there, with other or with the same values. */
async function run(product: Product, contender: Contender, which: Case, connections: number, amount: number): Promise<LoadResult> {
  const { origin, prefix, forgetUsers } = contender;
  const url = `${prefix}${connectPath(product.scope.projectId, product.resourceId)}`;
  const load = () => {
    const body = JSON.stringify({ tenant: "northgate", username: "ada", password: `lovelace-${values}` });
    return applyLoad({
      origin,
      connections,
      amount,
      request: (index) => ({
        method: "POST",
        path: url,
        headers: { authorization: `Bearer ${product.tokens[index]}`, "content-type": "application/json" },
        body,
      }),
    });
  };
  if (which === "first connect") await forgetUsers();
  else if (!(await isConnected(product, contender, amount))) await load();
  if (which !== "repeated connect") values++;
  else await load();
  return await load();
}

/** Tables as they are in use, so that the planner knows what it reads: 20,000 other users, on both sides. */
async function settleUsers({ sql, scope, resourceId }: Product): Promise<void> {
  const { projectId } = scope;
  await sql`
    with usr as (
      insert into connected_user (project_id, external_id) select ${projectId}, 'settled-' || n from generate_series(1, ${SETTLED}) n returning id)
    insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, status, auth_type)
    select ${projectId}, ${resourceId}, 'user', id, decode(repeat('00', 150), 'hex'), 'k1', decode(repeat('00', 35), 'hex'), 'VALID', 'api_key' from usr`;
  await sql`
    with usr as (
      insert into limit_user (project_id, external_id) select ${projectId}, 'settled-' || n from generate_series(1, ${SETTLED}) n returning id)
    insert into limit_credential (project_id, id, resource_id, user_id, ciphertext, digest)
    select ${projectId}, gen_random_uuid(), ${resourceId}, id, decode(repeat('00', 150), 'hex'), decode(repeat('00', 32), 'hex') from usr`;
  await sql`vacuum analyze`;
}

async function isConnected({ sql }: Product, { name }: Contender, amount: number): Promise<boolean> {
  const [row] =
    name === "bare node:http"
      ? await sql`select count(*)::int as n from limit_user where external_id like 'user-%'`
      : await sql`select count(*)::int as n from connected_user where external_id like 'user-%'`;
  return row!.n >= amount;
}

function printCase(which: Case, results: Record<string, LoadResult[]>, connections: number): void {
  const limit = results["bare node:http"]!;
  const rows = Object.entries(results).map(([name, rounds]) => {
    const share = median(rounds.map((each, round) => each.perSecond / limit[round]!.perSecond));
    const tail = median(rounds.map((each, round) => each.p99 / limit[round]!.p99));
    const bar = name === "gateway" && connections > 1;
    return [
      name,
      perSecond(median(rounds.map((each) => each.perSecond))),
      ratio(share),
      bar ? against(share, { least: 0.6 }) : "",
      ms(median(rounds.map((each) => each.p50))),
      ms(median(rounds.map((each) => each.p99))),
      ratio(tail),
      bar ? against(tail, { most: 3 }) : "",
    ];
  });
  printTable({
    title: `Connect, ${which}, ${connections} ${connections === 1 ? "connection" : "connections"}`,
    head: ["", "calls", "of limit", "bar 0.6", "p50", "p99", "× limit's p99", "bar 3"],
    rows,
  });
}

async function startBaseline({ app, publicKeyPem }: Product): Promise<{ origin: string; child: ChildProcess }> {
  const child = fork(BASELINE, {
    env: { ...process.env, NODE_ENV: "production", DATABASE_URL: app.databaseUrl, BENCH_PUBLIC_KEY: publicKeyPem },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(message as number));
    child.once("exit", (code) => reject(new Error(`The baseline ended (${code}).`)));
  });
  return { origin: `http://127.0.0.1:${port}`, child };
}

/** No name look-up for any of them. */
const local = (url: string) => url.replace("//localhost", "//127.0.0.1");
