import { cookies, headers } from "next/headers";
import { forbidden, notFound, redirect } from "next/navigation";
import { decode } from "next-auth/jwt";
import { cache } from "react";
import { getDatabase } from "#db/client.ts";
import { findSession, findSessionInProject, type SignedInMember } from "#db/queries/members.ts";
import type { Scope } from "#db/queries/scope.ts";
import { signInPath } from "#lib/paths.ts";
import { can, type Permission, type Role } from "#lib/projects/roles.ts";
import { authSecrets, sessionCookieName } from "./auth.ts";
import { safeNext } from "./safe-next.ts";

export type { SignedInMember };
export type ProjectMember = { member: SignedInMember; role: Role; scope: Scope; project: { id: string; name: string } };

/** Where proxy.ts says which page was asked for. It overwrites what a caller sends. */
export const PATH_HEADER = "x-patchbay-path";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The session id in the cookie, not yet asked for: it may have ended. */
export const sessionId = cache(async (): Promise<string | null> => {
  const name = sessionCookieName();
  const token = (await cookies()).get(name)?.value;
  if (!token) return null;
  return openCookie(token, name);
});

const OPENED_LIMIT = 1_000;
const opened = new Map<string, { sid: string; expiresAt: number }>();

/** Opening a cookie takes a quarter of a millisecond, and every request brings the same one: the latest are kept, opened. */
async function openCookie(token: string, name: string): Promise<string | null> {
  const known = opened.get(token);
  if (known && known.expiresAt > Date.now()) return known.sid;
  opened.delete(token);
  const claims = await decode({ token, secret: authSecrets(), salt: name }).catch(() => null);
  if (typeof claims?.sid !== "string" || !UUID.test(claims.sid)) return null;
  if (opened.size >= OPENED_LIMIT) opened.delete(opened.keys().next().value!);
  opened.set(token, { sid: claims.sid, expiresAt: (claims.exp ?? 0) * 1000 });
  return claims.sid;
}

/** Who is signed in, or null. One query a request. */
export const currentMember = cache(async (): Promise<SignedInMember | null> => {
  const sid = await sessionId();
  return sid ? findSession(getDatabase().db, sid) : null;
});

/** Who is signed in and what they are in this project. One query a request and project. */
export const currentMembership = cache(async (projectId: string) => {
  const sid = await sessionId();
  if (!sid) return null;
  if (UUID.test(projectId)) return findSessionInProject(getDatabase().db, sid, projectId);
  const member = await currentMember();
  return member && { member, membership: null };
});

/** For pages that belong to no project. Sends anyone else to sign in, and back afterwards. */
export async function requireSignedIn(): Promise<SignedInMember> {
  return (await currentMember()) ?? redirect(await signInAndReturn());
}

/**
 * The gate of every project page. A project that is unknown, deleted, misspelt or someone else's is not found, all alike.
 * Without the permission: the forbidden page.
 */
export async function requireMember(projectId: string, permission: Permission = "project.read"): Promise<ProjectMember> {
  const current = await currentMembership(projectId);
  if (!current) redirect(await signInAndReturn());
  const { member, membership } = current;
  if (!membership) notFound();
  if (!can(membership.role, permission)) forbidden();
  return { member, role: membership.role, scope: { projectId }, project: membership.project };
}

async function signInAndReturn(): Promise<string> {
  const path = safeNext((await headers()).get(PATH_HEADER));
  return path && path !== "/" ? `${signInPath()}?next=${encodeURIComponent(path)}` : signInPath();
}
