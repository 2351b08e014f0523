"use client";

import { useId } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowMenu, RowMenuButton } from "#components/ui/row-menu.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { Cell, Column, NameLink, Table } from "#components/ui/table.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { workflowPath } from "#lib/paths.ts";
import { TriggerIcon } from "./trigger-icon.tsx";
import type { WorkflowListRow } from "./workflow-list.ts";
import { useWorkflowDialogs, type WorkflowActions, WorkflowDialogs, WorkflowMenuItems } from "./workflow-menu.tsx";
import { WorkflowStatusWord } from "./workflow-status.tsx";

export interface WorkflowTableProps {
  projectId: string;
  projectName: string;
  rows: readonly WorkflowListRow[];
  may: { edit: boolean; delete: boolean };
  actions: WorkflowActions;
}

export function WorkflowTable({ projectId, projectName, rows, may, actions }: WorkflowTableProps) {
  const menu = useId();
  const dialogs = useWorkflowDialogs();
  return (
    <>
      <Table caption={`Workflows in ${projectName}`} cards>
        <thead>
          <tr>
            <Column>Name</Column>
            <Column>Trigger</Column>
            <Column>Status</Column>
            <Column numeric>Steps</Column>
            <Column>Runs, last 24 h</Column>
            <Column numeric>Updated</Column>
            <Column>
              <span className="sr-only">Actions</span>
            </Column>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <Cell className="max-w-80 max-sm:order-1">
                <NameLink
                  href={workflowPath(projectId, row.id)}
                  icon={
                    <Tile hue={row.trigger.type === "resource" ? 1 : undefined}>
                      <TriggerIcon type={row.trigger.type} />
                    </Tile>
                  }
                >
                  {row.name}
                </NameLink>
              </Cell>
              <Cell card="line" className={row.trigger.type ? "max-w-80 max-sm:order-3" : "max-w-80 text-3 max-sm:order-3"}>
                <span className="flex min-w-0 items-baseline gap-2">
                  <span className="cut">{row.trigger.label || row.trigger.kind}</span>
                  {row.trigger.label && <span className="cut text-12 text-3">{row.trigger.kind}</span>}
                </span>
              </Cell>
              <Cell card="right" className="max-sm:order-2">
                <span className="flex items-center gap-2">
                  <WorkflowStatusWord status={row.status} />
                  {row.isChanged && <Badge className="max-sm:hidden">Draft changed</Badge>}
                </span>
              </Cell>
              <Cell numeric card="hide" className={row.steps === 0 ? "text-3" : undefined}>
                {row.steps}
              </Cell>
              <Cell card="hide">
                <span className="flex items-center gap-2.5">
                  <Sparkline hours={row.hours} />
                  <RecentRuns {...row.runs} />
                </span>
              </Cell>
              <Cell numeric card="right" className="text-3 max-sm:order-4">
                <RelativeTime date={row.updatedAt} />
              </Cell>
              <Cell card="hide" className="w-px pl-0!">
                <RowMenuButton menu={menu} row={row.id} label={`Actions for ${row.name}`} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      <RowMenu id={menu}>
        {(id) => {
          const row = rows.find((each) => each.id === id);
          return (
            row && (
              <WorkflowMenuItems
                projectId={projectId}
                workflow={{ id: row.id, name: row.name, isLive: row.status === "live" }}
                may={may}
                actions={actions}
                listed
                open={dialogs.open}
              />
            )
          );
        }}
      </RowMenu>
      <WorkflowDialogs projectId={projectId} actions={actions} listed dialogs={dialogs} />
    </>
  );
}

function RecentRuns({ ended, failed }: WorkflowListRow["runs"]) {
  if (ended === 0) return <span className="text-3">No runs</span>;
  return (
    <span>
      {ended.toLocaleString("en")}
      {failed > 0 && <span className="font-medium text-danger">{`, ${failed.toLocaleString("en")} failed`}</span>}
    </span>
  );
}
