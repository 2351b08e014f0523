import { cookies } from "next/headers";
import { getDatabase } from "#db/client.ts";
import { findMemberByEmailKey } from "#db/queries/members.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import { acceptInvitationBySingleSignOn } from "#lib/projects/invite-member.ts";
import type { Identity } from "#lib/projects/read-identity.ts";
import { emailKey } from "#lib/projects/schema.ts";
import { isSecure } from "./is-secure.ts";

export const hasSingleSignOn = () => Boolean(env().AUTH_OIDC_ISSUER);

const MINUTES = 15;
/** `__Host-`: no neighbour can plant an invitation of theirs for whoever signs in next. */
const cookieName = () => (isSecure() ? "__Host-patchbay.invitation" : "patchbay.invitation");

/** Which invitation the sign-in that begins now takes up, if any. It comes back in a cookie, since it is no business of the provider. */
export async function keepInvitation(token: string | null): Promise<void> {
  const jar = await cookies();
  if (token === null) jar.delete(cookieName());
  else jar.set(cookieName(), token, { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure(), maxAge: MINUTES * 60 });
}

export type Refusal = "not-invited" | "invitation-closed" | "other-address";

/** The member whom the provider has named, made by the invitation that was kept where there is one. Else why there is none. */
export async function admit(identity: Identity): Promise<{ id: string } | Refusal> {
  const { db } = getDatabase();
  const token = (await cookies()).get(cookieName())?.value;
  if (!token) return (await findMemberByEmailKey(db, emailKey(identity.email))) ?? "not-invited";
  await keepInvitation(null);
  try {
    return await acceptInvitationBySingleSignOn(db, token, identity);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code === "forbidden" ? "other-address" : "invitation-closed";
  }
}
