"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { projectPath, projectsPath } from "#lib/paths.ts";
import { deleteProject, renameProject } from "#lib/projects/change-project.ts";
import { ProjectName } from "#lib/projects/schema.ts";
import { restoreResource } from "#lib/resources/delete-resource.ts";
import { ResourceName } from "#lib/resources/schema.ts";
import { undeleteWorkflow } from "#lib/workflows/change-workflow.ts";

export const renameProjectAction = action({
  permission: "project.write",
  input: z.object({ name: ProjectName }),
  run: async ({ scope, db, actor, input }) => {
    await renameProject(scope, db, actor, input);
    revalidatePath(projectPath(scope.projectId), "layout");
    return null;
  },
});

export const deleteProjectAction = action({
  permission: "project.write",
  input: z.object({ typedName: z.string().max(200) }),
  run: async ({ scope, db, actor, input }) => {
    await deleteProject(scope, db, actor, input);
    return { to: projectsPath() };
  },
});

export const restoreResourceAction = action({
  permission: "resources.delete",
  input: z.object({ resourceId: z.uuid(), name: ResourceName.optional() }),
  run: async ({ scope, db, actor, input }) => {
    await restoreResource(scope, db, actor, input);
    revalidatePath(projectPath(scope.projectId), "layout");
    return null;
  },
});

export const restoreWorkflowAction = action({
  permission: "workflows.delete",
  input: z.object({ workflowId: z.uuid() }),
  run: async ({ scope, db, actor, input }) => {
    await undeleteWorkflow(scope, db, actor, input);
    revalidatePath(projectPath(scope.projectId), "layout");
    return null;
  },
});
