"use server";

import { z } from "zod";
import { publicAction } from "#app/_gates/action.ts";
import { beginSingleSignOn } from "#app/_gates/auth.ts";
import { safeNext } from "#app/_gates/safe-next.ts";
import { signInWithPassword } from "#app/_gates/sign-in-with-password.ts";
import { keepInvitation } from "#app/_gates/single-sign-on.ts";
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
  run: async ({ input: { next } }) => {
    await keepInvitation(null);
    return { to: await beginSingleSignOn(safeNext(next) ?? "/") };
  },
});
