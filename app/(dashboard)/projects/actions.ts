"use server";

import { z } from "zod";
import { signedInAction } from "#app/_gates/action.ts";
import { resourcesPath } from "#lib/paths.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { ProjectName } from "#lib/projects/schema.ts";

export const createProjectAction = signedInAction({
  input: z.object({ name: ProjectName }),
  run: async ({ db, actor, member, input: { name } }) => {
    const { id } = await createProject(db, actor, { name, adminId: member.id });
    return { to: resourcesPath(id) };
  },
});
