"use client";

import { History as HistoryIcon, RotateCcw } from "lucide-react";
import { type Ref, useEffect, useEffectEvent, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { ChangeList } from "./change-list.tsx";
import type { EditorActions, SavedWorkflow, VersionRow, WorkflowChange } from "./editor-types.ts";
import { PanelFrame } from "./panel-frame.tsx";

type Saved = Extract<SavedWorkflow, { kind: "saved" }>;

export interface VersionsPanelProps {
  ref?: Ref<HTMLElement>;
  ids: { projectId: string; workflowId: string };
  live: number | null;
  mayRestore: boolean;
  read: EditorActions["readVersions"];
  readChanges: EditorActions["readChanges"];
  /** Null where the draft couldn't be saved first. */
  restore: (number: number) => Promise<ActionResult<Saved> | null>;
  onRestored: (draft: Saved) => void;
  onClose: () => void;
}

/** What ran, and runs: each with what it changed, and a way back into the draft. */
export function VersionsPanel({ ref, ids, live, mayRestore, read, readChanges, restore, onRestored, onClose }: VersionsPanelProps) {
  const [versions, setVersions] = useState<VersionRow[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [chosen, setChosen] = useState(0);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const load = useEffectEvent(async () => {
    const result = await read(ids).catch(() => null);
    if (result?.ok) setVersions(result.data);
    else setError(result ? result.error.message : "The server can’t be reached. Close this and open it again.");
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: read anew when another version is live.
  useEffect(() => {
    void load();
  }, [live]);

  const confirm = async () => {
    setBusy(true);
    setRefusal(null);
    const result = await restore(chosen).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setRefusal(result ? result.error.message : "The draft couldn’t be saved first. Try again.");
    setAsking(false);
    toast.success({ title: `The draft now holds version ${chosen}`, text: "Publish makes it live." });
    onRestored(result.data);
  };

  return (
    <PanelFrame ref={ref} icon={<HistoryIcon aria-hidden />} kind="Versions" title="What ran, and runs" onClose={onClose}>
      {error && (
        <Note tone="danger" role="alert">
          {error}
        </Note>
      )}
      {!versions && !error && <Skeleton className="h-24 w-full" />}
      {versions?.length === 0 && (
        <p className="text-2">Nothing is published yet. Each Publish makes a version here, which never changes and can be brought back.</p>
      )}
      {versions && versions.length > 0 && (
        <ol className="flow-versions">
          {versions.map((version) => (
            <li key={version.number}>
              <div className="flex items-center gap-2">
                <b>Version {version.number}</b>
                {version.number === live && <Badge tone="success">Live</Badge>}
                {mayRestore && (
                  <Button
                    size="small"
                    className="ml-auto"
                    aria-label={`Restore version ${version.number}`}
                    onClick={() => {
                      setChosen(version.number);
                      setAsking(true);
                    }}
                  >
                    <RotateCcw aria-hidden />
                    Restore
                  </Button>
                )}
              </div>
              <p className="mb-1 text-12 text-3">
                {version.by ?? "A former member"}, <RelativeTime date={version.at} />
              </p>
              <ChangesOf ids={ids} number={version.number} readChanges={readChanges} />
            </li>
          ))}
        </ol>
      )}
      <LateConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        danger={false}
        title={`Restore version ${chosen}?`}
        text="It replaces what the draft holds now. What runs stays as it is until you publish."
        action="Restore into the draft"
        busyAction="Restoring…"
        busy={busy}
        error={refusal}
        onConfirm={confirm}
      />
    </PanelFrame>
  );
}

function ChangesOf({ ids, number, readChanges }: Pick<VersionsPanelProps, "ids" | "readChanges"> & { number: number }) {
  const [changes, setChanges] = useState<WorkflowChange[] | string | null>(null);
  const open = async (isOpen: boolean) => {
    if (!isOpen || changes) return;
    const result = await readChanges({ ...ids, from: number > 1 ? number - 1 : null, to: number }).catch(() => null);
    setChanges(result?.ok ? result.data : (result?.error.message ?? "The server can’t be reached."));
  };
  return (
    <Disclosure title={<span className="text-12">What changed</span>} onToggle={open}>
      {changes === null ? (
        <Skeleton className="mt-2 h-8 w-full" />
      ) : typeof changes === "string" ? (
        <p className="ui-hint">{changes}</p>
      ) : (
        <ChangeList changes={changes} />
      )}
    </Disclosure>
  );
}
