"use client";

import { CircleCheck, CircleDashed, Plus, Zap } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, Column, NameLink, Table } from "#components/ui/table.tsx";
import { triggerPath, triggerStepPath } from "#lib/paths.ts";
import {
  TRIGGER_CREATION_LABELS,
  TRIGGER_LEVEL_LABELS,
  type TriggerCreation,
  type TriggerLevel,
  VERIFICATION_LABELS,
  type VerificationScheme,
} from "#lib/triggers/words.ts";
import type { CreateTrigger } from "./create-trigger-dialog.tsx";

const CreateTriggerDialog = lazyDialog(async () => (await import("./create-trigger-dialog.tsx")).CreateTriggerDialog);

export interface TriggerListRow {
  id: string;
  name: string;
  level: TriggerLevel;
  creation: TriggerCreation;
  scheme: VerificationScheme;
  ready: boolean;
  /** Set up to its end once; else its wizard goes on. */
  finished: boolean;
  /** RFC 3339. */
  lastDeliveryAt: string | null;
  /** Refused ones that can be released still, at most 100. */
  quarantined: number;
  failing: number;
}

export interface TriggersViewProps {
  projectId: string;
  resource: { id: string; name: string };
  rows: readonly TriggerListRow[];
  mayEdit: boolean;
  create: CreateTrigger;
}

/** The triggers of one resource. */
export function TriggersView({ projectId, resource, rows, mayEdit, create }: TriggersViewProps) {
  const [creating, setCreating] = useState(false);
  const button = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      Create Trigger
    </Button>
  );
  return (
    <>
      {rows.length === 0 ? (
        <Card flush>
          <EmptyState
            title={`No event of ${resource.name} starts anything yet`}
            actions={mayEdit && button}
            steps={[
              { title: "Create a trigger", text: "A URL for one kind of event, such as a task that was completed." },
              { title: "Tell the API", text: "By a request that Patchbay makes for each user, or by hand in the API’s settings." },
              { title: "See it arrive", text: "The last step listens. What doesn’t verify is held for 72 h, to be released after a fix." },
            ]}
          >
            A trigger takes webhooks: events that the API sends. Workflows start with them, for the user they belong to.
          </EmptyState>
        </Card>
      ) : (
        <>
          {mayEdit && <div className="mb-3 flex justify-end">{button}</div>}
          <Card flush>
            <Table caption={`Triggers of ${resource.name}`} cards>
              <thead>
                <tr>
                  <Column>Name</Column>
                  <Column>Status</Column>
                  <Column>URL</Column>
                  <Column>Created</Column>
                  <Column>Verification</Column>
                  <Column>Refused</Column>
                  <Column numeric>Last event</Column>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <Cell>
                      <NameLink
                        href={row.finished || !mayEdit ? triggerPath(projectId, row.id) : triggerStepPath(projectId, row.id, "basics")}
                        icon={<Zap aria-hidden className="icon-s" />}
                      >
                        {row.name}
                      </NameLink>
                    </Cell>
                    <Cell card="right">
                      {row.ready && row.finished ? (
                        <Status tone="success" icon={<CircleCheck aria-hidden />}>
                          Live
                        </Status>
                      ) : (
                        <Status tone="idle" icon={<CircleDashed aria-hidden />}>
                          To set up
                        </Status>
                      )}
                    </Cell>
                    <Cell card="line" className="text-2">
                      {TRIGGER_LEVEL_LABELS[row.level]}
                    </Cell>
                    <Cell card="hide" className="text-2">
                      {TRIGGER_CREATION_LABELS[row.creation]}
                      {row.failing > 0 && (
                        <>
                          ,{" "}
                          <Link href={triggerPath(projectId, row.id, "users")}>{row.failing > 1000 ? "1,000+" : row.failing} failing</Link>
                        </>
                      )}
                    </Cell>
                    <Cell card="line" className="text-2">
                      {row.scheme === "none" ? <Status tone="warning">None</Status> : VERIFICATION_LABELS[row.scheme]}
                    </Cell>
                    <Cell card="line">
                      {row.quarantined > 0 ? (
                        <Link href={`${triggerPath(projectId, row.id, "deliveries")}?status=refused`}>
                          {row.quarantined >= 100 ? "100+" : row.quarantined} held
                        </Link>
                      ) : (
                        <span className="text-3">None</span>
                      )}
                    </Cell>
                    <Cell numeric card="right" className="text-3">
                      {row.lastDeliveryAt ? <RelativeTime date={row.lastDeliveryAt} /> : "None yet"}
                    </Cell>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Card>
        </>
      )}
      <CreateTriggerDialog projectId={projectId} resource={resource} open={creating} onOpenChange={setCreating} create={create} />
    </>
  );
}
