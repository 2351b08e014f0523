"use server";

import { z } from "zod";
import { publicAction, signedInAction } from "#app/_gates/action.ts";
import { signInWithPassword } from "#app/_gates/sign-in-with-password.ts";
import { overviewPath } from "#lib/paths.ts";
import { acceptInvitation, acceptInvitationAsNew } from "#lib/projects/invite-member.ts";
import { JoinAsNew } from "#lib/projects/schema.ts";

export const joinAction = signedInAction({
  input: z.object({ token: z.string().max(200) }),
  run: async ({ db, member, input }) => ({ to: overviewPath((await acceptInvitation(db, input.token, member)).projectId) }),
});

export const joinAsNewAction = publicAction({
  input: JoinAsNew,
  run: async ({ db, input: { token, ...account } }) => {
    const { projectId } = await acceptInvitationAsNew(db, token, account);
    await signInWithPassword(account);
    return { to: overviewPath(projectId) };
  },
});
