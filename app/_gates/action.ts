import { randomUUID } from "node:crypto";
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import { z } from "zod";
import { type Database, getDatabase } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { env } from "#lib/env.ts";
import { type ActionResult, AppError } from "#lib/errors.ts";
import { can, leastRole, type Permission, ROLE_LABEL, type Role } from "#lib/projects/roles.ts";
import { clientAddress } from "./client-address.ts";
import { isSameOrigin } from "./is-same-origin.ts";
import { logUnknownError } from "./log-unknown-error.ts";
import { currentMember, currentMembership, type SignedInMember } from "./session.ts";

/** The gate of every server action: same origin → who → parse → run → map errors. Nothing it answers is anyone else's text. */

type Base = { db: Database; address: string | null; requestId: string };
export type AnonymousContext<Input> = Base & { input: Input };
export type SignedInContext<Input> = AnonymousContext<Input> & { member: SignedInMember; actor: Actor };
export type ProjectContext<Input> = SignedInContext<Input> & { scope: Scope; role: Role };

/** An action on a project. Callers pass `projectId` beside the input. */
export function action<Schema extends z.ZodType, Data>(options: {
  permission: Permission;
  input: Schema;
  run: (context: ProjectContext<z.output<Schema>>) => Promise<Data>;
}): (raw: { projectId: string } & z.input<Schema>) => Promise<ActionResult<Data>> {
  return (raw) =>
    answer(async (base) => {
      const { projectId, ...rest } = z.looseObject({ projectId: z.string() }).parse(raw);
      const current = await currentMembership(projectId);
      if (!current) throw sessionEnded();
      const { member, membership } = current;
      if (!membership)
        throw new AppError("not_found", "This project doesn’t exist, or you aren’t one of its members. Open the list of projects.");
      if (!can(membership.role, options.permission)) throw refused(membership.role, options.permission);
      const input = options.input.parse(rest);
      return options.run({ ...base, input, member, actor: { kind: "member", id: member.id }, scope: { projectId }, role: membership.role });
    });
}

/** An action of a signed-in person that belongs to no project. */
export function signedInAction<Schema extends z.ZodType, Data>(options: {
  /** Where not everybody may: whether this member may, and the refusal. */
  allowed?: { check: (db: Database, memberId: string) => Promise<boolean>; refusal: string };
  input: Schema;
  run: (context: SignedInContext<z.output<Schema>>) => Promise<Data>;
}): (raw: z.input<Schema>) => Promise<ActionResult<Data>> {
  return (raw) =>
    answer(async (base) => {
      const member = await currentMember();
      if (!member) throw sessionEnded();
      const { allowed } = options;
      if (allowed && !(await allowed.check(base.db, member.id))) throw new AppError("forbidden", allowed.refusal);
      return options.run({ ...base, input: options.input.parse(raw), member, actor: { kind: "member", id: member.id } });
    });
}

/** An action for everyone: sign-in, first setup, invitations. */
export function publicAction<Schema extends z.ZodType, Data>(options: {
  input: Schema;
  run: (context: AnonymousContext<z.output<Schema>>) => Promise<Data>;
}): (raw: z.input<Schema>) => Promise<ActionResult<Data>> {
  return (raw) => answer((base) => options.run({ ...base, input: options.input.parse(raw) }));
}

async function answer<Data>(run: (base: Base) => Promise<Data>): Promise<ActionResult<Data>> {
  const requestId = randomUUID();
  try {
    if (!isSameOrigin(await headers(), env().PATCHBAY_URL))
      throw new AppError("forbidden", "This request didn’t come from a page of this dashboard. Reload the page and try again.");
    return { ok: true, data: await run({ db: getDatabase().db, address: await clientAddress(), requestId }) };
  } catch (error) {
    unstable_rethrow(error);
    return { ok: false, error: { ...explain(error, requestId), requestId } };
  }
}

function explain(error: unknown, requestId: string) {
  if (error instanceof z.ZodError) return invalid(error);
  if (error instanceof AppError && error.code !== "internal") {
    const { code, message, details } = error;
    return { code, message, fields: details.fields, meta: details.meta };
  }
  logUnknownError(error, requestId);
  return {
    code: "internal" as const,
    message: `Something went wrong on the server. Try again; if it stays, give an admin this id: ${requestId}.`,
  };
}

/** One message a field, the first of each. */
function invalid({ issues }: z.ZodError) {
  const fields: Record<string, string> = {};
  for (const { path, message } of issues) fields[path.join(".")] ??= message;
  const [first] = Object.values(fields);
  const count = Object.keys(fields).length;
  return { code: "bad_input" as const, message: count === 1 && first ? first : `${count} fields need a change.`, fields };
}

const sessionEnded = () => new AppError("unauthenticated", "Your session has ended. Sign in again in another tab, then repeat this.");

function refused(role: Role, permission: Permission): AppError {
  const [mine, least] = [ROLE_LABEL[role].toLowerCase(), ROLE_LABEL[leastRole(permission)].toLowerCase()];
  return new AppError("forbidden", `Your role here is ${mine}; this takes ${least}. Ask an admin of the project.`);
}
