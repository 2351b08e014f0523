"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { settingsPath } from "#lib/paths.ts";
import { setRequireAudience } from "#lib/projects/change-project.ts";
import { createSigningKey, createTestKey, revokeSigningKey } from "#lib/projects/create-signing-key.ts";
import { NewSigningKey, NewTestKey, RequireAudience } from "#lib/projects/schema.ts";

const refresh = (projectId: string) => revalidatePath(settingsPath(projectId, "sdk-setup"));

export const addKeyAction = action({
  permission: "keys.write",
  input: NewSigningKey,
  run: async ({ scope, db, actor, input }) => {
    const key = await createSigningKey(scope, db, actor, input);
    refresh(scope.projectId);
    return key;
  },
});

export const addTestKeyAction = action({
  permission: "keys.write",
  input: NewTestKey,
  run: async ({ scope, db, actor, input }) => {
    const key = await createTestKey(scope, db, actor, input);
    refresh(scope.projectId);
    return key;
  },
});

export const revokeKeyAction = action({
  permission: "keys.write",
  input: z.object({ keyId: z.uuid() }),
  run: async ({ scope, db, actor, input }) => {
    await revokeSigningKey(scope, db, actor, input);
    refresh(scope.projectId);
    return null;
  },
});

export const setRequireAudienceAction = action({
  permission: "project.write",
  input: z.object({ requireAudience: RequireAudience }),
  run: async ({ scope, db, actor, input }) => {
    await setRequireAudience(scope, db, actor, input);
    refresh(scope.projectId);
    return null;
  },
});
