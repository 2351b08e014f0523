"use client";

import { CircleCheck, CircleDashed, Pencil, Trash2, Users, Workflow, Zap } from "lucide-react";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { Tile } from "#components/ui/tile.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { resourcePath, resourcesPath, resourceTabPath, triggerPath, triggerStepPath } from "#lib/paths.ts";

export interface TriggerHeadProps {
  projectId: string;
  resource: { id: string; name: string };
  trigger: { id: string; name: string; ready: boolean; finished: boolean; hasUsers: boolean; told: number; workflows: number };
  mayEdit: boolean;
  mayDelete: boolean;
  remove: (values: { projectId: string; triggerId: string }) => Promise<ActionResult<void>>;
}

/** What stands above a trigger's pages. */
export function TriggerHead({ projectId, resource, trigger, mayEdit, mayDelete, remove }: TriggerHeadProps) {
  const { pathname, navigate } = useNavigation();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    const result = await remove({ projectId, triggerId: trigger.id }).catch(() => null);
    setBusy(false);
    setError(result?.ok ? null : (result?.error.message ?? "The server can’t be reached. Check the connection and try again."));
    if (result?.ok) navigate(back);
  };
  const back = resourceTabPath(projectId, resource.id, "triggers");
  return (
    <>
      <PageHead
        crumbs={[
          { label: "Resources", href: resourcesPath(projectId) },
          { label: resource.name, href: resourcePath(projectId, resource.id) },
          { label: "Triggers", href: back },
          { label: trigger.name },
        ]}
        tile={
          <Tile size="large">
            <Zap aria-hidden />
          </Tile>
        }
        title={trigger.name}
        beside={
          trigger.ready && trigger.finished ? (
            <Badge tone="success" icon={<CircleCheck aria-hidden />}>
              Live
            </Badge>
          ) : (
            <Badge icon={<CircleDashed aria-hidden />}>To set up</Badge>
          )
        }
        actions={
          <>
            {mayDelete && (
              <Button onClick={() => setAsking(true)}>
                <Trash2 aria-hidden />
                Delete
              </Button>
            )}
            {mayEdit && (
              <ButtonLink href={triggerStepPath(projectId, trigger.id, "basics")}>
                <Pencil aria-hidden />
                Edit
              </ButtonLink>
            )}
          </>
        }
      />
      <Tabs
        label={trigger.name}
        current={pathname}
        items={[
          { href: triggerPath(projectId, trigger.id), label: "Overview" },
          ...(trigger.hasUsers ? [{ href: triggerPath(projectId, trigger.id, "users"), label: "Connected Users" }] : []),
          { href: triggerPath(projectId, trigger.id, "deliveries"), label: "Deliveries" },
        ]}
      />
      <LateConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${trigger.name}?`}
        text="Its URLs answer 404 from the next event on, and its secrets are gone."
        touched={[
          ...(trigger.workflows > 0
            ? [{ key: "workflows", icon: <Workflow aria-hidden />, children: <Start n={trigger.workflows} /> }]
            : []),
          ...(trigger.told > 0 ? [{ key: "told", icon: <Users aria-hidden />, children: <Told n={trigger.told} /> }] : []),
        ]}
        action="Delete trigger"
        busyAction="Deleting…"
        busy={busy}
        error={error}
        onConfirm={confirm}
      />
    </>
  );
}

const Start = ({ n }: { n: number }) => (
  <>
    <b>{n === 1 ? "1 workflow" : `${n} workflows`}</b> {n === 1 ? "starts" : "start"} with it, and {n === 1 ? "starts" : "start"} no more.
  </>
);

const Told = ({ n }: { n: number }) => (
  <>
    The API was told of it for <b>{n === 1 ? "1 user" : n > 1000 ? "1,000+ users" : `${n} users`}</b>: it is told that it ends.
  </>
);
