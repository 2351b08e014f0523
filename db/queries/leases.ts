import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { refreshLease } from "#db/schema/credentials.ts";
import type { Scope } from "./scope.ts";

/** Leases have no foreign key, to keep credential rows cool: whoever deletes credentials ends them. */
export async function dropLeases(
  { projectId }: Scope,
  tx: Pick<Database, "delete">,
  credentials: readonly { id: string }[],
): Promise<void> {
  if (credentials.length === 0) return;
  const ids = credentials.map(({ id }) => id);
  await tx.delete(refreshLease).where(and(eq(refreshLease.projectId, projectId), inArray(refreshLease.credentialId, ids)));
}
