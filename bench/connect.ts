import { connectPath } from "#lib/paths.ts";
import { applyLoad, type LoadResult } from "./apply-load.ts";
import type { Product } from "./open-product.ts";
import { against, interleave, median, ms, perSecond, printTable, ratio } from "./report.ts";
import { local, startBaseline } from "./start-baseline.ts";

const CONNECTIONS = 16;
const USERS = 2_400;
const SETTLED = 20_000;

type Contender = {
  name: string;
  origin: string;
  prefix: string;
  /** User tokens, one a call in a round. Gateway and mount share tables, so each has users of its own. */
  tokens: string[];
  forgetUsers: () => Promise<unknown>;
  /** Tells the values that its users sent last. */
  value: number;
};
type Case = "first connect" | "changed values" | "repeated connect";
const CASES: Case[] = ["first connect", "changed values", "repeated connect"];

/** Connect calls on the gateway and on the Next mount, beside the least code that does the same work in a process of its own. */
export async function measureConnect(product: Product, rounds = 5): Promise<void> {
  const { sql, app } = product;
  const baseline = await startBaseline("connect", product);
  await settleUsers(product);
  const users = product.signTokens("user", USERS);
  const mountUsers = product.signTokens("mount-user", USERS / 6);
  const forget = (prefix: string) => async () => {
    await sql`delete from connected_user where external_id like ${`${prefix}-%`}`;
    await sql`vacuum analyze connected_user, credential, credential_event`;
  };
  const forgetInBaseline = async () => {
    await sql`delete from limit_credential where user_id in (select id from limit_user where external_id like 'user-%')`;
    await sql`delete from limit_user where external_id like 'user-%'`;
    await sql`vacuum analyze limit_user, limit_credential, limit_event`;
  };
  const contenders: Contender[] = [
    { name: "bare node:http", origin: baseline.origin, prefix: "", tokens: users, forgetUsers: forgetInBaseline, value: 0 },
    { name: "gateway", origin: local(app.gateway), prefix: "", tokens: users, forgetUsers: forget("user"), value: 0 },
    { name: "Next mount", origin: local(app.web), prefix: "/api", tokens: mountUsers, forgetUsers: forget("mount-user"), value: 0 },
  ];
  try {
    for (const contender of contenders)
      for (const which of CASES) await run(product, contender, which, CONNECTIONS, contender.tokens.length / 2);
    for (const which of CASES) printCase(which, await loaded(product, contenders, which, rounds), CONNECTIONS);
    for (const which of CASES) printCase(which, await loaded(product, contenders, which, rounds, 1, 200), 1);
  } finally {
    baseline.child.disconnect();
  }
}

function loaded(product: Product, contenders: Contender[], which: Case, rounds: number, connections = CONNECTIONS, amount?: number) {
  return interleave(
    rounds,
    Object.fromEntries(
      contenders.map((contender) => [contender.name, () => run(product, contender, which, connections, amount ?? contender.tokens.length)]),
    ),
  );
}

let lastValue = 0;

/** In the order of CASES: first connects start from no users; the others from those users, with other or with the same values. */
async function run(product: Product, contender: Contender, which: Case, connections: number, amount: number): Promise<LoadResult> {
  const { origin, prefix } = contender;
  if (which === "first connect") await contender.forgetUsers();
  if (which !== "repeated connect") contender.value = ++lastValue;
  const path = `${prefix}${connectPath(product.scope.projectId, product.resourceId)}`;
  const body = JSON.stringify({ tenant: "northgate", username: "ada", password: `lovelace-${contender.value}` });
  return await applyLoad({
    origin,
    connections,
    amount,
    request: (index) => ({
      method: "POST",
      path,
      headers: { authorization: `Bearer ${contender.tokens[index]}`, "content-type": "application/json" },
      body,
    }),
  });
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
