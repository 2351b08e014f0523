import { refuseNewer } from "#db/bodies.ts";
import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { ResourceDefinition } from "./schema.ts";

/** Revisions are immutable: once read they are kept, whoever publishes what. */
const loaded = new Map<string, ResourceDefinition>();
const MOST_LOADED = 2_000;
const published = new WeakSet<ResourceDefinition>();

/** Whether this very definition came from a revision, which an admin published. A copy of it doesn't count. */
export const isPublished = (definition: ResourceDefinition): boolean => published.has(definition);

/** A published revision's definition, from memory when this process has seen it. */
export async function loadRevision(scope: Scope, sql: Sql, resourceId: string, number: number): Promise<ResourceDefinition> {
  const key = `${scope.projectId}/${resourceId}/${number}`;
  const known = loaded.get(key);
  if (known) return known;
  const [row] = await sql<{ body: ResourceDefinition; version: number }[]>`
    select body, schema_version as version from resource_revision where project_id = ${scope.projectId} and resource_id = ${resourceId} and number = ${number}`;
  if (!row) throw new Error(`revision ${number} of resource ${resourceId} is gone`);
  refuseNewer("resource", row.version);
  if (loaded.size >= MOST_LOADED) loaded.delete(loaded.keys().next().value!);
  loaded.set(key, row.body);
  published.add(row.body);
  return row.body;
}
