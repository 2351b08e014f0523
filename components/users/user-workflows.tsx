"use client";

import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { RunStatusWord } from "#components/runs/run-words.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { toast } from "#components/ui/toast.tsx";
import { runPath, runsPath, workflowPath, workflowsPath } from "#lib/paths.ts";
import type { SwitchUserWorkflow, UserWorkflowRow } from "./user-page-types.ts";

export interface UserWorkflowsProps {
  projectId: string;
  user: { id: string; externalId: string };
  rows: readonly UserWorkflowRow[];
  maySwitch: boolean;
  send: SwitchUserWorkflow;
}

/** The published workflows as they stand for one user, each with the user's own switch. */
export function UserWorkflows({ projectId, user, rows, maySwitch, send }: UserWorkflowsProps) {
  return (
    <Card
      title="Workflows"
      note={rows.length > 0 ? rows.length : undefined}
      flush
      actions={rows.length > 0 && <Link href={runsPath(projectId, { user: user.externalId })}>Runs</Link>}
      foot={
        rows.length > 0 && (
          <p className="py-2">
            A workflow starts for this user when it is enabled for the project and on here. Your app moves the same switch by{" "}
            <code>enableWorkflow()</code> and <code>disableWorkflow()</code>.
          </p>
        )
      }
    >
      {rows.length === 0 ? (
        <div className="p-4">
          <p className="text-2">No workflow is published yet. Each one that is stands here, with a switch for this user.</p>
          <ButtonLink className="mt-3" href={workflowsPath(projectId)}>
            Workflows
          </ButtonLink>
        </div>
      ) : (
        <ul className="usr-flows">
          {rows.map((row) => (
            <Row
              key={`${row.id} ${row.own} ${row.isOnByDefault}`}
              projectId={projectId}
              userId={user.id}
              row={row}
              maySwitch={maySwitch}
              send={send}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

type RowProps = Pick<UserWorkflowsProps, "projectId" | "maySwitch" | "send"> & { userId: string; row: UserWorkflowRow };

function Row({ projectId, userId, row, maySwitch, send }: RowProps) {
  const [own, setOwn] = useState(row.own);
  const isOn = own ?? row.isOnByDefault;
  const put = async (enabled: boolean | null) => {
    setOwn(enabled);
    const result = await send({ projectId, userId, workflowId: row.id, enabled }).catch(() => null);
    if (result?.ok) return;
    setOwn(own);
    toast.error({
      title: `${row.name} wasn’t switched`,
      text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
    });
  };
  return (
    <li>
      <span className="min-w-0 flex-1">
        <Link href={workflowPath(projectId, row.id)} className="cut">
          <b>{row.name}</b>
        </Link>
        <small>{stateWords(row, own)}</small>
        {row.missing.length > 0 && (
          <small>
            <Status tone="warning">Not connected to {row.missing.join(", ")}, which its steps use</Status>
          </small>
        )}
      </span>
      <span className="usr-flow-run">
        {row.lastRun ? (
          <Link href={runPath(projectId, row.lastRun.id)} aria-label={`Last run of ${row.name}`}>
            <RunStatusWord status={row.lastRun.status} />
            <small className="text-3">
              <RelativeTime date={row.lastRun.at} />
            </small>
          </Link>
        ) : (
          <small className="text-3">No run in 30 days</small>
        )}
      </span>
      <span className="usr-flow-switch">
        {own !== null && maySwitch && (
          <IconButton
            size="small"
            label={`Use the default for ${row.name}`}
            title={`Use the default: ${row.isOnByDefault ? "on" : "off"}`}
            icon={<RotateCcw aria-hidden className="icon-s" />}
            onClick={() => put(null)}
          />
        )}
        <Switch label={`${row.name} for this user`} checked={isOn} disabled={!maySwitch} onCheckedChange={put} />
      </span>
    </li>
  );
}

function stateWords({ isEnabled, pausedReason, isOnByDefault }: UserWorkflowRow, own: boolean | null): string {
  const mine =
    own === null ? `${isOnByDefault ? "On" : "Off"} by default` : own ? "Switched on for this user" : "Switched off for this user";
  if (pausedReason) return `${mine}. Paused for the project: ${pausedReason}`;
  return isEnabled ? mine : `${mine}. Off for the whole project, so it starts for nobody`;
}
