import { decodeJwt } from "jose";
import NextAuth, { type Account, CredentialsSignin, type NextAuthConfig, type Profile } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { getDatabase } from "#db/client.ts";
import { findMemberByEmailKey } from "#db/queries/members.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import { signInPath } from "#lib/paths.ts";
import { checkLogin } from "#lib/projects/check-login.ts";
import { readIdentity } from "#lib/projects/read-identity.ts";
import { emailKey, SignIn } from "#lib/projects/schema.ts";
import { endSession, SESSION_DAYS, startSession } from "#lib/projects/start-session.ts";
import { deriveSecret, keyRing } from "#lib/vault/keys.ts";
import { clientAddress } from "./client-address.ts";
import { isSecure } from "./is-secure.ts";
import { logSignInError } from "./log-unknown-error.ts";
import { admit, hasSingleSignOn } from "./single-sign-on.ts";

declare module "next-auth" {
  interface User {
    /** The session that a sign-in by password has begun. */
    sid?: string;
  }
}

/** A sign-in that was refused, with the sentence to show. */
export class LoginRefused extends CredentialsSignin {
  readonly refusal: AppError;

  constructor(refusal: AppError) {
    super();
    this.code = refusal.code;
    this.refusal = refusal;
  }
}

/** `__Host-` pins the cookie to this very host over https. Over http (a trial on one's own machine) no browser would take it. */
export const sessionCookieName = () => (isSecure() ? "__Host-patchbay.session" : "patchbay.session");

/** One for each vault key, the sealing one first: adding a key signs nobody out. */
export function authSecrets(): string[] {
  const { sealing, byId } = keyRing();
  const keys = [sealing, ...[...byId.values()].filter((key) => key !== sealing)];
  return keys.map((key) => Buffer.from(deriveSecret("next-auth", { sealing: key, byId })).toString("base64url"));
}

/**
 * The cookie is an encrypted JWT that carries the id of a session row and nothing that grants by itself: session.ts asks for
 * the row on each request, so signing out, removing a member or changing a password ends it on the server.
 */
function configuration(): NextAuthConfig {
  // next-auth builds its own addresses from this; without it a Host header would choose them.
  process.env.AUTH_URL = env().PATCHBAY_URL;
  return {
    trustHost: true,
    basePath: "/api/auth",
    secret: authSecrets(),
    useSecureCookies: isSecure(),
    session: { strategy: "jwt", maxAge: SESSION_DAYS * 86_400 },
    cookies: {
      sessionToken: { name: sessionCookieName(), options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure() } },
    },
    pages: { signIn: signInPath(), error: signInPath(), signOut: signInPath() },
    logger: { error: logSignInError, warn: () => {}, debug: () => {} },
    providers: [passwordProvider, ...(hasSingleSignOn() ? [oidcProvider()] : [])],
    callbacks: {
      async signIn({ account, profile }) {
        if (account?.provider !== "oidc") return true;
        const identity = identityOf(account, profile);
        const admitted = identity ? await admit(identity) : "unverified";
        return typeof admitted === "string" ? `${signInPath()}?error=${admitted}` : true;
      },
      async jwt({ token, account, user, profile }) {
        if (!account) return token;
        const { db } = getDatabase();
        if (account.provider !== "oidc") return { sid: user.sid };
        const identity = identityOf(account, profile);
        const member = identity && (await findMemberByEmailKey(db, emailKey(identity.email)));
        return member ? { sid: await startSession(db, member.id, { by: "oidc", address: await clientAddress() }) } : null;
      },
      // What /api/auth/session tells: nothing. Pages read the session on the server.
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      async signOut(message) {
        const sid = "token" in message ? message.token?.sid : undefined;
        if (typeof sid === "string") await endSession(getDatabase().db, sid);
      },
    },
  };
}

const passwordProvider = Credentials({
  credentials: { email: {}, password: {} },
  async authorize(given) {
    const parsed = SignIn.safeParse(given);
    if (!parsed.success) return null;
    try {
      const { db } = getDatabase();
      const address = await clientAddress();
      const { id, passwordHash } = await checkLogin(db, parsed.data, address);
      return { id, sid: await startSession(db, id, { by: "password", passwordHash, address }) };
    } catch (error) {
      throw error instanceof AppError ? new LoginRefused(error) : error;
    }
  },
});

function oidcProvider(): NextAuthConfig["providers"][number] {
  const { AUTH_OIDC_ISSUER, AUTH_OIDC_ID, AUTH_OIDC_SECRET } = env();
  return {
    id: "oidc",
    name: "single sign-on",
    type: "oidc",
    issuer: AUTH_OIDC_ISSUER,
    // Asks the userinfo endpoint besides.
    idToken: false,
    clientId: AUTH_OIDC_ID,
    clientSecret: AUTH_OIDC_SECRET,
    checks: ["pkce", "state", "nonce"],
    authorization: { params: { scope: "openid email profile" } },
  };
}

/**
 * Providers differ in where they tell the email: in the ID token, or, as OpenID Connect has it (Core, section 5.4), at the userinfo
 * endpoint alone. next-auth has validated the token and fetched `profile` from there.
 */
const identityOf = ({ id_token: idToken }: Account, profile: Profile | undefined) =>
  readIdentity([idToken ? decodeJwt(idToken) : null, profile]);

export const { handlers, signIn, signOut } = NextAuth(configuration);

/** Where the browser goes to be named by the provider; it comes back to the page at `to`. */
export async function beginSingleSignOn(to: string): Promise<string> {
  return (await signIn("oidc", { redirect: false, redirectTo: to })) as string;
}
