"use server";

import { publicAction } from "#app/_gates/action.ts";
import { signInWithPassword } from "#app/_gates/sign-in-with-password.ts";
import { overviewPath } from "#lib/paths.ts";
import { FirstSetup } from "#lib/projects/schema.ts";
import { finishSetup } from "#lib/projects/setup-link.ts";

export const setUpAction = publicAction({
  input: FirstSetup,
  run: async ({ db, input }) => {
    const { projectId } = await finishSetup(db, input);
    await signInWithPassword(input);
    return { to: overviewPath(projectId) };
  },
});
