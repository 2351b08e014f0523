"use server";

import { z } from "zod";
import { action, signedInAction } from "#app/_gates/action.ts";
import { mayCreateProjects } from "#db/queries/members.ts";
import { listResourceNames } from "#db/queries/projects.ts";
import { overviewPath } from "#lib/paths.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { ProjectName } from "#lib/projects/schema.ts";

export const createProjectAction = signedInAction({
  allowed: {
    check: mayCreateProjects,
    refusal: "Only an admin of a project creates projects. Ask one to create it, or to make you an admin.",
  },
  input: z.object({ name: ProjectName }),
  run: async ({ db, actor, member, input: { name } }) => {
    const { id } = await createProject(db, actor, { name, adminId: member.id });
    return { to: overviewPath(id) };
  },
});

/** For the palette. */
export const listResourceNamesAction = action({
  permission: "resources.read",
  input: z.unknown(),
  run: ({ db, scope }) => listResourceNames(scope, db),
});
