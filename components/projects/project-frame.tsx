"use client";

import { Activity, FolderKanban, LayoutDashboard, Plug, Plus, Settings, Users, Workflow } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Account } from "#components/shell/account-menu.tsx";
import { AppShell } from "#components/shell/app-shell.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import type { ActionResult } from "#lib/errors.ts";
import {
  activityPath,
  overviewPath,
  resourcePath,
  resourcesPath,
  settingsPath,
  settingsRootPath,
  triggersPath,
  usersPath,
  workflowsPath,
} from "#lib/paths.ts";
import type { CreateProject } from "./create-project-dialog.tsx";
import { type CountAttention, useAttention } from "./use-attention.ts";
import { useSignOut } from "./use-sign-out.ts";

const CreateProjectDialog = lazyDialog(async () => (await import("./create-project-dialog.tsx")).CreateProjectDialog);

export type ListResources = (values: { projectId: string }) => Promise<ActionResult<readonly { id: string; name: string }[]>>;

export interface ProjectFrameProps {
  project: { id: string; name: string };
  projects: readonly { id: string; name: string }[];
  /** For the palette, when it opens. */
  listResources: ListResources;
  /** Things that need attention now. */
  countAttention: CountAttention;
  mayEdit: boolean;
  account: Account;
  theme: Theme;
  banner?: ReactNode;
  /** Left out for those who may not. */
  createProject?: CreateProject;
  signOut: () => Promise<unknown>;
  children: ReactNode;
}

/** What stands around every page of a project. */
export function ProjectFrame({
  project,
  projects,
  listResources,
  countAttention,
  mayEdit,
  createProject,
  signOut,
  children,
  ...frame
}: ProjectFrameProps) {
  const [creating, setCreating] = useState(false);
  const leave = useSignOut(signOut);
  const attention = useAttention(project.id, countAttention);
  const toChoice = ({ id, name }: { id: string; name: string }) => ({ id, name, href: overviewPath(id) });
  return (
    <>
      <AppShell
        {...frame}
        project={toChoice(project)}
        projects={projects.map(toChoice)}
        onCreateProject={createProject && (() => setCreating(true))}
        nav={[
          { href: overviewPath(project.id), label: "Overview", icon: <LayoutDashboard aria-hidden />, attention },
          { href: resourcesPath(project.id), also: triggersPath(project.id), label: "Resources", icon: <Plug aria-hidden /> },
          { href: workflowsPath(project.id), label: "Workflows", icon: <Workflow aria-hidden /> },
          { href: usersPath(project.id), label: "Connected Users", icon: <Users aria-hidden /> },
          { href: activityPath(project.id), label: "Activity", icon: <Activity aria-hidden /> },
          { href: settingsRootPath(project.id), label: "Settings", icon: <Settings aria-hidden /> },
        ]}
        commands={{
          list: () => knownCommands(project.id, projects, mayEdit),
          fetch: () => resourceCommands(project.id, listResources),
        }}
        onSignOut={leave}
      >
        {children}
      </AppShell>
      {createProject && <CreateProjectDialog open={creating} onOpenChange={setCreating} create={createProject} />}
    </>
  );
}

async function resourceCommands(projectId: string, listResources: ListResources) {
  const result = await listResources({ projectId });
  if (!result.ok || result.data.length === 0) return null;
  const commands = result.data.map(({ id, name }) => ({
    id,
    label: name,
    icon: <Plug aria-hidden />,
    href: resourcePath(projectId, id),
  }));
  return [{ label: "Resources", commands }];
}

function knownCommands(projectId: string, projects: ProjectFrameProps["projects"], mayEdit: boolean) {
  const settings = [
    { page: "general", label: "General settings" },
    { page: "sdk-setup", label: "SDK Setup" },
    { page: "secrets", label: "Secrets" },
    { page: "members", label: "Members" },
  ] as const;
  const pages = [
    {
      id: "overview",
      label: "Overview",
      icon: <LayoutDashboard aria-hidden />,
      keywords: ["home", "charts"],
      href: overviewPath(projectId),
    },
    { id: "resources", label: "Resources", icon: <Plug aria-hidden />, href: resourcesPath(projectId) },
    { id: "workflows", label: "Workflows", icon: <Workflow aria-hidden />, href: workflowsPath(projectId) },
    { id: "users", label: "Connected Users", icon: <Users aria-hidden />, href: usersPath(projectId) },
    { id: "activity", label: "Activity", icon: <Activity aria-hidden />, keywords: ["calls", "log"], href: activityPath(projectId) },
    ...settings.map(({ page, label }) => ({
      id: page,
      label,
      icon: <Settings aria-hidden />,
      keywords: ["settings"],
      href: settingsPath(projectId, page),
    })),
  ];
  const acts = [
    { id: "create-resource", label: "Create Resource", icon: <Plus aria-hidden />, href: `${resourcesPath(projectId)}?new=1` },
    { id: "create-workflow", label: "Create Workflow", icon: <Plus aria-hidden />, href: `${workflowsPath(projectId)}?new=1` },
  ];
  const groups = [
    { label: "Actions", commands: mayEdit ? acts : [] },
    { label: "Pages", commands: pages },
    {
      label: "Projects",
      commands: projects
        .filter(({ id }) => id !== projectId)
        .map(({ id, name }) => ({ id, label: name, icon: <FolderKanban aria-hidden />, hint: "Switch project", href: overviewPath(id) })),
    },
  ];
  return groups.filter(({ commands }) => commands.length > 0);
}
