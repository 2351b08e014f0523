/** Why the embedded database can't run, as one sentence with its fix: to be shown as it is. */
export class EmbeddedPostgresError extends Error {
  override name = "EmbeddedPostgresError";
}
