import { type BodyNoun, bodyVersion, refuseNewer, upcast } from "./bodies.ts";
import type { Sql } from "./client.ts";

/** Where bodies are, by noun. */
const STORED: readonly { noun: BodyNoun; table: string; columns: readonly string[] }[] = [
  { noun: "resource", table: "resource_draft", columns: ["body"] },
  { noun: "resource", table: "resource_revision", columns: ["body"] },
  { noun: "workflow", table: "workflow_draft", columns: ["body"] },
  { noun: "workflow", table: "workflow_version", columns: ["body"] },
  { noun: "trigger", table: "trigger", columns: ["body", "draft"] },
];

const BATCH = 200;

type Row = { place: string; version: number; bodies: (Record<string, unknown> | null)[] };

/**
 * Brings each stored body up to the version that this Patchbay writes: all or nothing. Of several that start at once one does it, the
 * others wait for its rows. Refuses a database that a newer one has written to.
 */
export async function upcastBodies(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    for (const { noun, table } of STORED) {
      const [newest] = await tx<{ version: number }[]>`select coalesce(max(schema_version), 1) as version from ${tx(table)}`;
      refuseNewer(noun, newest!.version);
    }
    for (const { noun, table, columns } of STORED) {
      const now = bodyVersion(noun);
      for (let taken = BATCH; taken === BATCH; ) {
        const rows = await tx<Row[]>`
          select ctid::text as place, schema_version as version, jsonb_build_array(${columns.map((name, n) => tx`${n > 0 ? tx`, ` : tx``}${tx(name)}`)}) as bodies
          from ${tx(table)} where schema_version < ${now} limit ${BATCH} for update`;
        for (const { place, version, bodies } of rows) {
          const fresh = bodies.map((body) => body && upcast(noun, version, body));
          const written = Object.fromEntries(columns.map((name, n) => [name, fresh[n] ? tx.json(fresh[n] as never) : null]));
          await tx`update ${tx(table)} set ${tx({ ...written, schema_version: now } as never)} where ctid = ${place}::tid`;
        }
        taken = rows.length;
      }
    }
  });
}
