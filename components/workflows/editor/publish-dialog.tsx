"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ChangeList } from "./change-list.tsx";
import type { EditorActions, WorkflowChange, WorkflowProblem, WorkflowStanding } from "./editor-types.ts";

export interface PublishDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  ids: { projectId: string; workflowId: string };
  name: string;
  standing: WorkflowStanding;
  mayPublish: boolean;
  problems: readonly WorkflowProblem[];
  /** What a step is called, by its id. */
  labelOf: (id: string) => string;
  save: () => Promise<boolean>;
  version: () => number;
  readChanges: EditorActions["readChanges"];
  publish: EditorActions["publish"];
  onGo: (problem: WorkflowProblem) => void;
  onPublished: (number: number) => void;
}

const UNREACHABLE = "The server can’t be reached. Check the connection and try again.";

/** What would change for what starts from now on; or what is missing, each with the way there. */
export function PublishDialog(props: PublishDialogProps) {
  const { open, onOpenChange, ids, name, standing, mayPublish, problems, save, readChanges, onGo } = props;
  const [changes, setChanges] = useState<WorkflowChange[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const read = useEffectEvent(async () => {
    setChanges(null);
    setError(null);
    if (!(await save())) return setError("The draft isn’t saved: the top bar says why. Publish when it is.");
    const result = await readChanges({ ...ids, from: standing.number, to: null }).catch(() => null);
    if (result?.ok) setChanges(result.data);
    else setError(result ? result.error.message : UNREACHABLE);
  });
  useEffect(() => {
    if (open) void read();
  }, [open]);

  const publish = async () => {
    setBusy(true);
    setError(null);
    const result = await props.publish({ ...ids, version: props.version() }).catch(() => null);
    setBusy(false);
    if (result?.ok) props.onPublished(result.data.number);
    else setError(result ? result.error.message : UNREACHABLE);
  };

  const isReady = problems.length === 0;
  const isSame = changes?.length === 0 && standing.number !== null;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="medium"
      title={isReady ? `Publish ${name}` : `Not ready to publish`}
      text={isReady ? whatItMeans(standing) : "Each of these leads to where it is fixed."}
      foot={
        <>
          <Button onClick={() => onOpenChange(false)}>{isReady && !isSame && mayPublish ? "Cancel" : "Close"}</Button>
          {isReady && !isSame && mayPublish && (
            <Button variant="primary" busy={busy} busyLabel="Publishing…" onClick={publish}>
              Publish version {(standing.number ?? 0) + 1}
            </Button>
          )}
        </>
      }
    >
      <div className="mt-4" role="status">
        {isReady ? (
          <Changes changes={changes} isSame={isSame} hasFailed={error !== null} />
        ) : (
          <ul className="flow-changes">
            {problems.map((problem) => (
              <li key={`${problem.at} ${problem.path} ${problem.message}`}>
                <button type="button" className="flow-problem" onClick={() => onGo(problem)}>
                  <b>{problem.at ? props.labelOf(problem.at) : name}</b>
                  <span className="ui-hint block mt-0!">{problem.message}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      {isReady && !mayPublish && (
        <Note className="mt-3" title="Publishing takes the role admin.">
          The draft is saved: ask an admin of the project to look at it and publish.
        </Note>
      )}
      {error && (
        <Note tone="danger" role="alert" className="mt-3">
          {error}
        </Note>
      )}
    </Dialog>
  );
}

function Changes({ changes, isSame, hasFailed }: { changes: WorkflowChange[] | null; isSame: boolean; hasFailed: boolean }) {
  if (!changes) return hasFailed ? null : <Skeleton className="h-24 w-full" />;
  if (isSame) return <p className="text-2">The draft is what runs already: there is nothing to publish.</p>;
  return <ChangeList changes={changes} />;
}

function whatItMeans({ number, isEnabled, isOnByDefault }: WorkflowStanding): string {
  if (number !== null && !isEnabled) return "The workflow is off for the project: nothing starts it until you enable it.";
  if (number !== null) return "What starts from now on runs the new version. Runs that have begun go on with theirs.";
  return isOnByDefault
    ? "From now on it starts for every connected user, except those it is switched off for. Users, in the top bar, shows and changes that."
    : "From now on it starts only for the connected users it is switched on for. Users, in the top bar, shows and changes that.";
}
