"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { env } from "#lib/env.ts";
import { settingsPath } from "#lib/paths.ts";
import { changeRole, removeMember } from "#lib/projects/change-membership.ts";
import { createInvitation, revokeInvitation } from "#lib/projects/invite-member.ts";
import { NewInvitation, RoleName } from "#lib/projects/schema.ts";

const refresh = (projectId: string) => revalidatePath(settingsPath(projectId, "members"));

export const inviteAction = action({
  permission: "members.write",
  input: NewInvitation,
  run: async ({ scope, db, actor, input }) => {
    const { path } = await createInvitation(scope, db, actor, input);
    refresh(scope.projectId);
    return { url: env().PATCHBAY_URL + path };
  },
});

export const revokeInvitationAction = action({
  permission: "members.write",
  input: z.object({ invitationId: z.uuid() }),
  run: async ({ scope, db, actor, input }) => {
    await revokeInvitation(scope, db, actor, input);
    refresh(scope.projectId);
    return null;
  },
});

export const changeRoleAction = action({
  permission: "members.write",
  input: z.object({ memberId: z.uuid(), role: RoleName }),
  run: async ({ scope, db, actor, input }) => {
    await changeRole(scope, db, actor, input);
    refresh(scope.projectId);
    return null;
  },
});

export const removeMemberAction = action({
  permission: "members.write",
  input: z.object({ memberId: z.uuid() }),
  run: async ({ scope, db, actor, member, input }) => {
    await removeMember(scope, db, actor, input);
    const self = member.id === input.memberId;
    if (!self) refresh(scope.projectId);
    return { self };
  },
});
