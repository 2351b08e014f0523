import type { TransactionSql } from "postgres";
import type { Database } from "#db/client.ts";
import { audit } from "#db/schema/activity.ts";

/** What may stand in the audit log: `<noun>.<verb>`. Add the name here before you record it. */
export type AuditAction =
  | "member.sign-in"
  | "member.sign-in-failed"
  | "member.sign-out"
  | "member.sign-out-everywhere"
  | "member.create"
  | "member.update"
  | "member.change-password"
  | "member.remove-password"
  | "member.change-role"
  | "member.remove"
  | "invitation.create"
  | "invitation.accept"
  | "invitation.revoke"
  | "project.create"
  | "project.rename"
  | "project.update"
  | "project.delete"
  | "signing-key.create"
  | "signing-key.revoke"
  | "secret.create"
  | "secret.replace"
  | "secret.describe"
  | "secret.delete"
  | "resource.create"
  | "resource.set-secret"
  | "resource.rename"
  | "resource.remove-alias"
  | "resource.publish"
  | "resource.restore-revision"
  | "resource.drill"
  | "resource.find-combination"
  | "resource.duplicate"
  | "resource.delete"
  | "resource.restore"
  | "resource.shred"
  | "resource.test"
  | "trigger.create"
  | "trigger.update"
  | "trigger.finish"
  | "trigger.discard-draft"
  | "trigger.set-secret"
  | "trigger.remove-secret"
  | "trigger.make-user-url"
  | "trigger.delete"
  | "subscription.retry"
  | "delivery.replay"
  | "delivery.release"
  | "delivery.map"
  | "workflow.create"
  | "workflow.rename"
  | "workflow.publish"
  | "workflow.test-step"
  | "workflow.restore-version"
  | "workflow.enable"
  | "workflow.disable"
  | "workflow.set-default"
  | "workflow.switch-user"
  | "workflow.delete"
  | "workflow.undelete"
  | "run.cancel"
  | "run.replay"
  | "runs.replay"
  | "user.delete"
  | "users.bulk"
  | "bulk.stop"
  | "credential.connect"
  | "credential.refresh"
  | "credential.verify"
  | "credential.disconnect"
  | "outbound.blocked";

export type Actor = { kind: "member"; id: string } | { kind: "system" } | { kind: "anonymous" };

export type AuditEntry = {
  /** Null for what belongs to no project, such as a sign-in. */
  projectId: string | null;
  actor: Actor;
  action: AuditAction;
  /** The noun and id that it happened to: `resource:<id>`. */
  subject?: `${string}:${string}`;
  /** The caller's network address, where known. */
  address?: string | null;
  /** Facts for the reader, never a secret. Values are stored as they are. */
  detail?: Record<string, unknown>;
};

/** Writes one row in the caller's transaction: the change and its record are kept together or not at all. */
export async function recordAudit(tx: Pick<Database, "insert">, entry: AuditEntry): Promise<void> {
  await tx.insert(audit).values(rowOf(entry));
}

/** The same in a transaction of the other pool, for what is sealed in one statement. */
export async function recordAuditIn(tx: TransactionSql, entry: AuditEntry): Promise<void> {
  const { projectId, actorKind, actorId, action, subject, address, detail } = rowOf(entry);
  await tx`
    insert into audit (project_id, actor_kind, actor_id, action, subject, address, detail)
    values (${projectId}, ${actorKind}, ${actorId}, ${action}, ${subject}, ${address}, ${tx.json(detail as never)})`;
}

const rowOf = ({ projectId, actor, action, subject, address, detail }: AuditEntry) => ({
  projectId,
  actorKind: actor.kind,
  actorId: actor.kind === "member" ? actor.id : null,
  action,
  subject: subject ?? "",
  address: address ?? null,
  detail: detail ?? {},
});
