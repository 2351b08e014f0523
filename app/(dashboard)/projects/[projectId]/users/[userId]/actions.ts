"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getSpine } from "#app/_gates/spine.ts";
import { getDatabase } from "#db/client.ts";
import { hasCredential } from "#db/queries/users.ts";
import { refreshCredential } from "#lib/connections/refresh-credential.ts";
import { verifyCredential } from "#lib/connections/verify-credential.ts";
import { disconnectCredential } from "#lib/credentials/drop-credential.ts";
import { AppError } from "#lib/errors.ts";
import { deleteUser } from "#lib/users/delete-user.ts";
import { readTimeline } from "#lib/users/read-timeline.ts";
import { TimelineCursor } from "#lib/users/schema.ts";
import { TIMELINE_VIEWS } from "#lib/users/words.ts";
import { switchUserWorkflow } from "#lib/workflows/switch-user-workflow.ts";

const OneCredential = z.object({ userId: z.uuid(), credentialId: z.uuid() });
const gone = () => new AppError("not_found", "This user isn’t connected to the resource any more. Reload the page.");

export const refreshCredentialAction = action({
  permission: "credentials.write",
  input: OneCredential,
  run: async ({ scope, actor, input: { credentialId } }) => {
    if (!(await hasCredential(scope, getDatabase().sql, credentialId))) throw gone();
    const result = await refreshCredential(getSpine(), scope, { credentialId, cause: "manual", actor });
    refresh();
    return result;
  },
});

export const verifyCredentialAction = action({
  permission: "credentials.write",
  input: OneCredential,
  run: async ({ scope, actor, input: { credentialId } }) => {
    if (!(await hasCredential(scope, getDatabase().sql, credentialId))) throw gone();
    const result = await verifyCredential(getSpine(), scope, { credentialId, cause: "manual", actor });
    refresh();
    return result.ok ? { ok: true as const } : { ok: result.ok, message: result.message, fix: result.fix };
  },
});

export const disconnectCredentialAction = action({
  permission: "credentials.write",
  input: OneCredential,
  run: async ({ scope, db, actor, member, input: { credentialId } }): Promise<void> => {
    if (!(await disconnectCredential(scope, db, actor, { credentialId, cause: `By ${member.name}.` }))) throw gone();
    refresh();
  },
});

export const deleteUserAction = action({
  permission: "users.delete",
  input: z.object({ userId: z.uuid() }),
  run: async ({ scope, db, actor, member, input: { userId } }): Promise<void> => {
    if (!(await deleteUser(scope, db, actor, { userId, cause: `The user was deleted by ${member.name}.` })))
      throw new AppError("not_found", "This user was deleted already. Go back to Connected Users.");
  },
});

export const switchUserWorkflowAction = action({
  permission: "workflows.enable",
  input: z.object({ userId: z.uuid(), workflowId: z.uuid(), enabled: z.boolean().nullable() }),
  run: async ({ scope, db, actor, input }): Promise<void> => {
    await switchUserWorkflow(scope, db, actor, input);
    refresh();
  },
});

export const readTimelineAction = action({
  permission: "users.read",
  input: z.object({ credentialId: z.uuid(), view: z.enum(TIMELINE_VIEWS), before: TimelineCursor.nullable() }),
  run: async ({ scope, input }) => {
    const { sql } = getDatabase();
    if (!(await hasCredential(scope, sql, input.credentialId))) throw gone();
    return await readTimeline(scope, sql, input);
  },
});
