import type { Database, Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listSecretNames } from "#db/queries/secrets.ts";
import { type Redactor, redactorOf } from "#lib/activity/redact.ts";
import { listSecretValues } from "#lib/credentials/list-secret-values.ts";
import { openSecrets as openCredential } from "#lib/credentials/save-credential.ts";
import { openSecrets } from "#lib/projects/open-secrets.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";

type SealedCredential = {
  id: string;
  ciphertext: Uint8Array;
  keyId: string;
  resourceId: string;
  liveRevision: number;
};

/**
 * Masks what no member may see of a run: the values of its user's credentials and of the app's, and the project's secrets. What a run
 * keeps is whole, since its steps read it; so this stands between it and every page.
 */
export async function redactorForRun(scope: Scope, { db, sql }: { db: Database; sql: Sql }, userId: string | null): Promise<Redactor> {
  const { projectId } = scope;
  const [credentials, secrets] = await Promise.all([
    sql<SealedCredential[]>`
      select c.id, c.ciphertext, c.key_id as "keyId", c.resource_id as "resourceId", r.live_revision as "liveRevision" from credential c
      join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.live_revision is not null
      where c.project_id = ${projectId} and (c.owner = 'app' or c.user_id = ${userId})`,
    listSecretNames(scope, db).then((names) => openSecrets(scope, db, names)),
  ]);
  const values = await Promise.all(
    credentials.map(async (one) =>
      listSecretValues(await loadRevision(scope, sql, one.resourceId, one.liveRevision), openCredential(scope, one.id, one)),
    ),
  );
  return redactorOf([...values.flat(), ...secrets.map(({ value, showsEnd }) => ({ value, showsEnd }))]);
}
