"use server";

import { z } from "zod";
import { publicAction, signedInAction } from "#app/_gates/action.ts";
import { beginSingleSignOn } from "#app/_gates/auth.ts";
import { signInWithPassword } from "#app/_gates/sign-in-with-password.ts";
import { keepInvitation } from "#app/_gates/single-sign-on.ts";
import { overviewPath } from "#lib/paths.ts";
import { acceptInvitation, acceptInvitationAsNew, closed, readInvitation } from "#lib/projects/invite-member.ts";
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

export const joinBySingleSignOnAction = publicAction({
  input: z.object({ token: z.string().max(200) }),
  run: async ({ db, input: { token } }) => {
    const offer = await readInvitation(db, token);
    if (!offer) throw closed();
    await keepInvitation(token);
    return { to: await beginSingleSignOn(overviewPath(offer.projectId)) };
  },
});
