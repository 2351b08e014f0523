import type { SignIn } from "#lib/projects/schema.ts";
import { LoginRefused, signIn } from "./auth.ts";

/** Checks the password and sets the session cookie. Throws the AppError that says why not. */
export async function signInWithPassword({ email, password }: SignIn): Promise<void> {
  try {
    // redirectTo: next-auth keeps it in a cookie, and would take the Referer, which may hold a one-time link.
    await signIn("credentials", { email, password, redirect: false, redirectTo: "/" });
  } catch (error) {
    throw error instanceof LoginRefused ? error.refusal : error;
  }
}
