"use server";

import { revalidatePath } from "next/cache";
import { action } from "#app/_gates/action.ts";
import { settingsPath } from "#lib/paths.ts";
import { changeSecret, createSecret } from "#lib/projects/change-secrets.ts";
import { ChangedSecret, NewSecret } from "#lib/projects/schema.ts";
import { deleteSecret } from "#lib/resources/delete-secret.ts";

const refresh = (projectId: string) => revalidatePath(settingsPath(projectId, "secrets"));

export const createSecretAction = action({
  permission: "secrets.write",
  input: NewSecret,
  run: async ({ scope, db, actor, input }) => {
    await createSecret(scope, db, actor, input);
    refresh(scope.projectId);
    return null;
  },
});

export const changeSecretAction = action({
  permission: "secrets.write",
  input: ChangedSecret,
  run: async ({ scope, db, actor, input }) => {
    await changeSecret(scope, db, actor, input);
    refresh(scope.projectId);
    return null;
  },
});

export const deleteSecretAction = action({
  permission: "secrets.write",
  input: NewSecret.pick({ name: true }),
  run: async ({ scope, db, actor, input }) => {
    await deleteSecret(scope, db, actor, input);
    refresh(scope.projectId);
    return null;
  },
});
