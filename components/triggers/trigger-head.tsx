"use client";

import { CircleCheck, CircleDashed, Trash2, Zap } from "lucide-react";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { resourcePath, resourcesPath, resourceTabPath, triggerPath } from "#lib/paths.ts";
import type { TriggerActions } from "./trigger-context.ts";

export interface TriggerHeadProps {
  projectId: string;
  resource: { id: string; name: string };
  trigger: { id: string; name: string; ready: boolean };
  mayDelete: boolean;
  remove: TriggerActions["remove"];
}

/** What stands above a trigger's two pages. */
export function TriggerHead({ projectId, resource, trigger, mayDelete, remove }: TriggerHeadProps) {
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
          trigger.ready ? (
            <Badge tone="success" icon={<CircleCheck aria-hidden />}>
              Live
            </Badge>
          ) : (
            <Badge icon={<CircleDashed aria-hidden />}>To set up</Badge>
          )
        }
        actions={
          mayDelete && (
            <Button onClick={() => setAsking(true)}>
              <Trash2 aria-hidden />
              Delete
            </Button>
          )
        }
      />
      <Tabs
        label={trigger.name}
        current={pathname}
        items={[
          { href: triggerPath(projectId, trigger.id), label: "Setup" },
          { href: triggerPath(projectId, trigger.id, "deliveries"), label: "Deliveries" },
        ]}
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${trigger.name}?`}
        text="Its URLs answer 404 from the next event on, and its secrets are gone. APIs that were told of it are told that it ends. Workflows that start with it stay, and start no more."
        action="Delete trigger"
        busyAction="Deleting…"
        busy={busy}
        error={error}
        onConfirm={confirm}
      />
    </>
  );
}
