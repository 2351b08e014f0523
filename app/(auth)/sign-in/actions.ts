"use server";

import { z } from "zod";
import { publicAction } from "#app/_gates/action.ts";
import { signIn } from "#app/_gates/auth.ts";
import { safeNext } from "#app/_gates/safe-next.ts";
import { signInWithPassword } from "#app/_gates/sign-in-with-password.ts";
import { SignIn } from "#lib/projects/schema.ts";

const Next = z.object({ next: z.string().nullable() });

export const signInAction = publicAction({
  input: SignIn.extend(Next.shape),
  run: async ({ input: { next, ...credentials } }) => {
    await signInWithPassword(credentials);
    return { to: safeNext(next) ?? "/" };
  },
});

export const singleSignOnAction = publicAction({
  input: Next,
  run: async ({ input: { next } }) => ({ to: (await signIn("oidc", { redirect: false, redirectTo: safeNext(next) ?? "/" })) as string }),
});
