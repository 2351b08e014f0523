"use client";

import { useId } from "react";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowMenuButton } from "#components/ui/row-menu.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { Cell, Column, NameLink, type SortDirection, Table } from "#components/ui/table.tsx";
import { resourcePath } from "#lib/paths.ts";
import { AUTH_TYPE_LABELS } from "#lib/resources/words.ts";
import { formatCount } from "./format-count.ts";
import type { ResourceListRow, ResourceSort, SortColumn } from "./resource-list.ts";
import { type ResourceActions, ResourceRowMenu } from "./resource-menu.tsx";
import { ResourceStatusWord } from "./resource-status-words.tsx";
import { ResourceTile } from "./resource-tile.tsx";

export interface ResourceTableProps {
  projectId: string;
  projectName: string;
  rows: readonly ResourceListRow[];
  sort: ResourceSort;
  onSort: (column: SortColumn) => void;
  may: { edit: boolean; delete: boolean };
  actions: ResourceActions;
}

export function ResourceTable({ projectId, projectName, rows, sort, onSort, may, actions }: ResourceTableProps) {
  const menu = useId();
  const sorting = (column: SortColumn): { sorted: SortDirection | "none"; onSort: () => void } => ({
    sorted: sort.by === column ? sort.order : "none",
    onSort: () => onSort(column),
  });
  return (
    <>
      <Table caption={`Resources in ${projectName}`} cards>
        <thead>
          <tr>
            <Column {...sorting("name")}>Name</Column>
            <Column>Level</Column>
            <Column>Auth type</Column>
            <Column>Status</Column>
            <Column numeric {...sorting("users")}>
              Connected users
            </Column>
            <Column {...sorting("success")}>Success, last 24 h</Column>
            <Column numeric {...sorting("updated")}>
              Updated
            </Column>
            <Column>
              <span className="sr-only">Actions</span>
            </Column>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ResourceRow key={row.id} projectId={projectId} row={row} menu={menu} />
          ))}
        </tbody>
      </Table>
      <ResourceRowMenu id={menu} projectId={projectId} rows={rows} may={may} actions={actions} />
    </>
  );
}

const levelWord = (level: ResourceListRow["level"]) => (level ? (level === "user" ? "User" : "App") : "Not chosen");

function ResourceRow({ projectId, row, menu }: { projectId: string; row: ResourceListRow; menu: string }) {
  const authType = row.authType ? AUTH_TYPE_LABELS[row.authType] : "Not chosen";
  const success = row.success ?? "No calls";
  const tone = row.status === "failing" ? "font-medium text-danger" : row.status === "degraded" ? "font-medium text-warning" : "text-2";
  return (
    <tr>
      <Cell className="max-w-72">
        <NameLink href={resourcePath(projectId, row.id)} icon={<ResourceTile appearance={row.appearance} />}>
          {row.name}
        </NameLink>
      </Cell>
      <Cell card="hide" className={row.level ? "text-2" : "text-3"}>
        {levelWord(row.level)}
      </Cell>
      <Cell card="hide" className={row.authType ? "text-2" : "text-3"}>
        {authType}
      </Cell>
      <Cell card="right">
        <ResourceStatusWord status={row.status} />
      </Cell>
      <Cell numeric card="hide" className={row.connectedUsers === 0 || row.level === "app" ? "text-3" : undefined}>
        {row.level === "app" ? "All users" : formatCount(row.connectedUsers)}
      </Cell>
      <Cell card="line">
        <span className="sm:hidden">
          {row.level && row.authType ? `${levelWord(row.level)} · ${authType}` : "Level and type not chosen"}
        </span>
        <span className="flex items-center gap-2.5 max-sm:hidden">
          <Sparkline hours={row.hours} />
          <span className={tone}>{success}</span>
        </span>
      </Cell>
      <Cell numeric card="right" className="text-3">
        <RelativeTime date={row.updatedAt} className="max-sm:hidden" />
        <span className={`text-12 sm:hidden ${row.success && tone !== "text-2" ? tone : ""}`}>{success}</span>
      </Cell>
      <Cell card="hide" className="w-px pl-0!">
        <RowMenuButton menu={menu} row={row.id} label={`Actions for ${row.name}`} />
      </Cell>
    </tr>
  );
}
