import { refuseNewer } from "#db/bodies.ts";
import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { WorkflowDefinition } from "./schema.ts";

/** Versions are immutable: once read they are kept, whoever publishes what. */
const loaded = new Map<string, WorkflowDefinition>();
const MOST_LOADED = 1_000;

/** A published version, from memory when this process has seen it. */
export async function loadVersion({ projectId }: Scope, sql: Sql, workflowId: string, number: number): Promise<WorkflowDefinition> {
  const key = `${projectId}/${workflowId}/${number}`;
  const known = loaded.get(key);
  if (known) return known;
  const [row] = await sql<{ body: WorkflowDefinition; version: number }[]>`
    select body, schema_version as version from workflow_version where project_id = ${projectId} and workflow_id = ${workflowId} and number = ${number}`;
  if (!row) throw new Error(`version ${number} of workflow ${workflowId} is gone`);
  refuseNewer("workflow", row.version);
  if (loaded.size >= MOST_LOADED) loaded.delete(loaded.keys().next().value!);
  loaded.set(key, row.body);
  return row.body;
}
