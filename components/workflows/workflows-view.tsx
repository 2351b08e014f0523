"use client";

import { ListTree, Plus, Search } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { Select } from "#components/ui/select.tsx";
import { NoMatch } from "#components/ui/table-states.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { runsPath, workflowPath } from "#lib/paths.ts";
import { filterWorkflows, WORKFLOW_STATUS_LABELS, WORKFLOW_STATUSES, type WorkflowListRow, type WorkflowStatus } from "./workflow-list.ts";
import type { WorkflowActions } from "./workflow-menu.tsx";
import { WorkflowTable } from "./workflow-table.tsx";
import { WorkflowsHead } from "./workflows-head.tsx";

const CreateDialog = lazyDialog(async () => (await import("./workflow-name-dialog.tsx")).WorkflowNameDialog<{ id: string }>);

export interface WorkflowsViewProps {
  project: { id: string; name: string };
  rows: readonly WorkflowListRow[];
  /** The name of a resource that workflows can use, for the example; null while there is none. */
  example: string | null;
  may: { edit: boolean; delete: boolean };
  actions: WorkflowActions & { create: (values: { projectId: string; name: string }) => Promise<ActionResult<{ id: string }>> };
}

const FILTERS = { q: parseAsString.withDefault(""), status: parseAsStringLiteral(WORKFLOW_STATUSES) };

/** The list with its filters, kept in the address, and the dialog that begins a new one (`?new=1`). */
export function WorkflowsView({ project, rows, example, may, actions }: WorkflowsViewProps) {
  const { navigate } = useNavigation();
  const [creating, setCreating] = useQueryState("new", parseAsStringLiteral(["1"]));
  const create = may.edit && (
    <Button variant="primary" onClick={() => setCreating("1")}>
      <Plus aria-hidden />
      Create Workflow
    </Button>
  );
  return (
    <>
      <WorkflowsHead
        actions={
          rows.length > 0 && (
            <>
              <ButtonLink href={runsPath(project.id)}>
                <ListTree aria-hidden />
                Runs
              </ButtonLink>
              {create}
            </>
          )
        }
      />
      {rows.length === 0 ? (
        <NoneYet create={create} example={example} />
      ) : (
        <Listed project={project} rows={rows} may={may} actions={actions} />
      )}
      {may.edit && (
        <CreateDialog
          open={creating === "1"}
          onOpenChange={(open) => setCreating(open ? "1" : null)}
          title="Create Workflow"
          text="It begins as a draft: nothing runs until you publish it."
          name=""
          action="Create Workflow"
          busyAction="Creating…"
          send={(values) => actions.create({ projectId: project.id, ...values })}
          onDone={({ id }) => navigate(workflowPath(project.id, id))}
        />
      )}
    </>
  );
}

function Listed({ project, rows, may, actions }: Omit<WorkflowsViewProps, "example">) {
  const [filter, setFilter] = useQueryStates(FILTERS);
  const found = filterWorkflows(rows, filter);
  const noun = rows.length === 1 ? "workflow" : "workflows";
  return (
    <>
      <Toolbar count={found.length === rows.length ? `${rows.length} ${noun}` : `${found.length} of ${rows.length} ${noun}`}>
        <Input
          type="search"
          aria-label="Search workflows"
          placeholder="Search by name or trigger"
          prefix={<Search aria-hidden className="icon-s" />}
          value={filter.q}
          onChange={(event) => setFilter({ q: event.target.value || null })}
        />
        <Select
          aria-label="Status"
          value={filter.status ?? ""}
          onChange={(event) => setFilter({ status: (event.target.value || null) as WorkflowStatus | null })}
        >
          <option value="">All statuses</option>
          {WORKFLOW_STATUSES.map((status) => (
            <option key={status} value={status}>
              {WORKFLOW_STATUS_LABELS[status]}
            </option>
          ))}
        </Select>
      </Toolbar>
      <Card flush>
        {found.length === 0 ? (
          <NoMatch title="No workflow matches" onClear={() => setFilter({ q: null, status: null })}>
            {filter.q ? (
              <>
                None of the {rows.length} has “{filter.q}” in its name or trigger
              </>
            ) : (
              <>None of the {rows.length} has this status</>
            )}
            {filter.q && filter.status ? " and this status." : "."}
          </NoMatch>
        ) : (
          <WorkflowTable projectId={project.id} projectName={project.name} rows={found} may={may} actions={actions} />
        )}
      </Card>
    </>
  );
}

function NoneYet({ create, example }: { create: ReactNode; example: string | null }) {
  const name = example ?? "TaskLab";
  return (
    <Card flush>
      <EmptyState
        title="Make something happen"
        actions={create || <span className="text-3">Your role reads only: an editor or admin of this project can create one.</span>}
        steps={[
          {
            title: "Choose a trigger",
            text: <>A webhook of {name}, an event of your app, a request, a schedule, or a user who connects.</>,
          },
          {
            title: "Add steps",
            text: (
              <>
                <b>{name} Request</b> calls the API as the user. Branch, repeat for each item, wait, or compute.
              </>
            ),
          },
          { title: "Publish", text: "Each step is tried again until it works, and goes on after a restart. Every run can be looked into." },
        ]}
      >
        A workflow joins your resources: it runs for a connected user, with that user’s credentials, and survives what comes between.
      </EmptyState>
    </Card>
  );
}
