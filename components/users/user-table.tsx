"use client";

import { Check, Clock, Minus, X } from "lucide-react";
import { Avatar } from "#components/ui/avatar.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Column, NameLink, Table } from "#components/ui/table.tsx";
import { userPath } from "#lib/paths.ts";
import type { BulkProgress } from "#lib/users/schema.ts";
import { CredentialPill } from "./credential-words.tsx";
import { displayName, type RowResult, resultOf, type UserListRow } from "./user-list.ts";

export interface UserTableProps {
  projectId: string;
  caption: string;
  rows: readonly UserListRow[];
  /** Null for those who may only read. */
  selection: { has: (id: string) => boolean; toggle: (id: string) => void; all: boolean; some: boolean; toggleAll: () => void } | null;
  /** Shows a column of what became of each row. */
  task: BulkProgress | null;
}

export function UserTable({ projectId, caption, rows, selection, task }: UserTableProps) {
  const hasResults = task !== null && rows.some(({ id }) => resultOf(task, id));
  return (
    <Table caption={caption} cards data-checks={selection ? true : undefined}>
      <thead>
        <tr>
          {selection && (
            <Column>
              <input
                type="checkbox"
                className="ui-checkbox"
                aria-label="Select all on this page"
                checked={selection.all}
                ref={(element) => {
                  if (element) element.indeterminate = selection.some && !selection.all;
                }}
                onChange={selection.toggleAll}
              />
            </Column>
          )}
          <Column>Name</Column>
          <Column>User id</Column>
          <Column>Credentials</Column>
          {hasResults && <Column>This action</Column>}
          <Column numeric>Last active</Column>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const name = displayName(row);
          const isSelected = selection?.has(row.id);
          return (
            <tr key={row.id} aria-selected={isSelected || undefined}>
              {selection && (
                <Cell data-check>
                  <input
                    type="checkbox"
                    className="ui-checkbox"
                    aria-label={`Select ${name}`}
                    checked={isSelected}
                    onChange={() => selection.toggle(row.id)}
                  />
                </Cell>
              )}
              <Cell className="max-w-90 min-w-0">
                <span className="flex min-w-0 items-center gap-2">
                  <NameLink href={userPath(projectId, row.id)} icon={<Avatar name={name} />}>
                    {name}
                  </NameLink>
                  {row.email && <span className="cut text-3 max-lg:hidden">{row.email}</span>}
                </span>
              </Cell>
              <Cell card="hide" className="max-w-45">
                <code className="cut block text-2" title={row.externalId}>
                  {row.externalId}
                </code>
              </Cell>
              <Cell card="line" className="max-sm:order-3">
                <span className="usr-pills">
                  {row.credentials.map(({ resourceId, resource, status }) => (
                    <CredentialPill key={resourceId} status={status}>
                      {resource}
                    </CredentialPill>
                  ))}
                  {row.credentials.length === 0 && <span className="text-3">Nothing connected</span>}
                </span>
              </Cell>
              {hasResults && (
                <Cell card="line" className="max-w-60 text-12 max-sm:order-4">
                  <Result result={resultOf(task, row.id)} />
                </Cell>
              )}
              <Cell numeric card="right" className="text-3 max-sm:text-12">
                {row.lastSeenAt ? <RelativeTime date={row.lastSeenAt} /> : "Never"}
              </Cell>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

const RESULT_LOOK = {
  waiting: { icon: Clock, tone: "text-3" },
  done: { icon: Check, tone: "text-success" },
  failed: { icon: X, tone: "text-danger" },
  left: { icon: Minus, tone: "text-3" },
} as const;

function Result({ result }: { result: RowResult | null }) {
  if (!result) return null;
  const { icon: Icon, tone } = RESULT_LOOK[result.state];
  return (
    <span className="flex items-center gap-1.5" title={result.text}>
      <Icon aria-hidden className={`icon-s flex-none ${tone}`} />
      <span className="cut">{result.text}</span>
    </span>
  );
}
