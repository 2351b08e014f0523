import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createDatabase } from "#db/client.ts";
import { testDatabase } from "#db/testing.ts";
import { findCallFacts } from "./calls.ts";

const { url } = await testDatabase();

test("what calls must know is asked by a plan that is made once, not anew for each number of calls that ask together", async () => {
  const { sql, close } = createDatabase(url, { max: 1 });
  const ask = () => findCallFacts(sql, randomUUID(), { nameKey: "tasklab" }, "user-1");
  for (let n = 1; n <= 12; n++) expect(await Promise.all(Array.from({ length: n }, ask))).toEqual(Array(n).fill(null));
  const [plans] = await sql<{ once: number; anew: number }[]>`
    select generic_plans::int as once, custom_plans::int as anew from pg_prepared_statements
    where statement like '%require_audience%' and statement not like '%pg_prepared_statements%'`;
  await close();
  // Postgres makes the first five anew, to compare.
  expect(plans).toEqual({ once: 7, anew: 5 });
});
