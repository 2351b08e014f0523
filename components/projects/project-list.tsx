"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Column, NameLink, Table } from "#components/ui/table.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { overviewPath } from "#lib/paths.ts";
import { ROLE_LABEL, type Role } from "#lib/projects/roles.ts";
import type { CreateProject } from "./create-project-dialog.tsx";

const CreateProjectDialog = lazyDialog(async () => (await import("./create-project-dialog.tsx")).CreateProjectDialog);

export interface ProjectListProps {
  projects: readonly { id: string; name: string; role: Role; createdAt: string }[];
  /** Left out for those who may not. */
  create?: CreateProject;
}

export function ProjectList({ projects, create }: ProjectListProps) {
  const [creating, setCreating] = useState(false);
  const button = create && (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      Create project
    </Button>
  );
  return (
    <>
      <PageHead title="Projects" actions={projects.length > 0 && button} />
      <Card flush>
        {projects.length === 0 ? (
          <EmptyState title="No project yet" actions={button}>
            {create
              ? "A project owns resources, users and keys. Create one, or ask an admin of a project for an invitation link."
              : "You belong to no project now. Ask an admin of the one you need for an invitation link; only admins create projects."}
          </EmptyState>
        ) : (
          <Table caption="Your projects">
            <thead>
              <tr>
                <Column>Name</Column>
                <Column>Your role</Column>
                <Column numeric>Created</Column>
              </tr>
            </thead>
            <tbody>
              {projects.map(({ id, name, role, createdAt }) => (
                <tr key={id}>
                  <Cell>
                    <NameLink href={overviewPath(id)} icon={<Tile>{name.charAt(0).toUpperCase()}</Tile>}>
                      {name}
                    </NameLink>
                  </Cell>
                  <Cell>{ROLE_LABEL[role]}</Cell>
                  <Cell numeric>
                    <RelativeTime date={createdAt} />
                  </Cell>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
      {create && <CreateProjectDialog open={creating} onOpenChange={setCreating} create={create} />}
    </>
  );
}
