import { getDatabase } from "#db/client.ts";
import { isReady } from "#db/queries/readiness.ts";

export const dynamic = "force-dynamic";

/** The database can be reached and is migrated. */
export async function GET() {
  const ready = await isReady(getDatabase().sql);
  const status = ready ? "ready" : "The database can’t be reached, or isn’t migrated to this version.";
  return Response.json({ status }, { status: ready ? 200 : 503, headers: { "Cache-Control": "no-store" } });
}
