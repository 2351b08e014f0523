"use server";

import { z } from "zod";
import { signedInAction } from "#app/_gates/action.ts";
import { sessionId } from "#app/_gates/session.ts";
import { changeName, changePassword } from "#lib/projects/change-account.ts";
import { GivenPassword, MemberName, NewPassword } from "#lib/projects/schema.ts";

export const changeNameAction = signedInAction({
  input: z.object({ name: MemberName }),
  run: async ({ db, member, input }) => {
    await changeName(db, member, input);
    return null;
  },
});

export const changePasswordAction = signedInAction({
  input: z.object({ current: GivenPassword, next: NewPassword }),
  run: async ({ db, member, address, input }) => {
    await changePassword(db, member, { ...input, address, sessionId: await sessionId() });
    return null;
  },
});
