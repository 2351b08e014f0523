"use client";

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { rangeWords } from "#components/history/range-filter.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { QuietChoices } from "#components/ui/quiet-choices.tsx";
import { type ReplayVersion, type RunFilter, USUAL_RUN_RANGE } from "#lib/workflows/run-words.ts";
import type { ReplayActions, ReplayTask } from "./use-replay-task.ts";

export interface ReplayDialogProps {
  projectId: string;
  /** Of the list: its failed runs are meant. */
  filter: RunFilter;
  /** The one workflow of the filter. */
  workflow: string | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  actions: Pick<ReplayActions, "count" | "start">;
  onBegun: (task: ReplayTask) => void;
}

export const VERSION_CHOICES = [
  { value: "newest", name: "The live version", text: "What was mended since is used." },
  { value: "same", name: "The version that failed", text: "For runs that failed by the API’s fault." },
] as const;

/** All failed runs of the list once more: how many they are, and by which version. */
export function ReplayDialog({ projectId, filter, workflow, open, onOpenChange, actions, onBegun }: ReplayDialogProps) {
  const [version, setVersion] = useState<ReplayVersion>("newest");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { data: count, error: countError } = useQuery({
    queryKey: ["failed-runs", projectId, JSON.stringify(filter)],
    enabled: open,
    staleTime: 0,
    queryFn: async () => {
      const result = await actions.count({ projectId, filter });
      if (!result.ok) throw new Error(result.error.message);
      return result.data;
    },
  });
  const change = (next: boolean) => {
    setError(null);
    onOpenChange(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    const result = await actions.start({ projectId, filter, version }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    onOpenChange(false);
    onBegun(result.data);
  };
  const many = count === undefined ? "…" : count > 1_000 ? "More than 1,000" : count.toLocaleString("en");
  const where = [workflow ? `of ${workflow}` : "of all workflows", filter.user && `for the user “${filter.user}”`, rangeOf(filter)];
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title="Replay failed runs"
      text={
        <span role="status">
          <b>
            {many} failed {count === 1 ? "run" : "runs"}
          </b>{" "}
          {where.filter(Boolean).join(" ")}: each begins anew, with the same input. It goes on when you leave this page, and can be stopped.
        </span>
      }
      closable={false}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel="Starting…">
            Replay
          </Button>
        </>
      }
    >
      <QuietChoices
        legend="By"
        className="mt-4"
        name="version"
        value={version}
        onChange={(event) => setVersion(event.target.value as ReplayVersion)}
        choices={VERSION_CHOICES}
      />
      {(error ?? countError) && (
        <Note tone="danger" role="alert" className="mt-3">
          {error ?? countError?.message}
        </Note>
      )}
    </Dialog>
  );
}

const rangeOf = ({ range, from, to }: RunFilter): string =>
  from || to ? "in the range that is shown" : `of ${rangeWords({ range }, USUAL_RUN_RANGE)}`;
