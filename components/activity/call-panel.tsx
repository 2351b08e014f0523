"use client";

import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { Key } from "#components/history/merge-rows.ts";
import { HttpLine } from "#components/ui/http-line.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Status } from "#components/ui/status.tsx";
import { type CallStory, type CallSummary, resultOf, toneOf } from "./call-words.ts";
import { type ReadActivity, StoryOf, useStory } from "./story-of.tsx";

/** At this width and below the panel lies over the list. */
const OVERLAY = "(width <= 1100px)";

export interface CallPanelProps {
  projectId: string;
  opened: Key;
  /** Its row where it is in the list: then the head needs no loading. */
  row: CallSummary | undefined;
  initial: CallStory | null;
  read: ReadActivity;
  onOpen: (key: Key) => void;
  onClose: () => void;
  /** Left out at the ends of the list. */
  onNewer?: () => void;
  onOlder?: () => void;
}

/** The open row, beside a list that stays in use: Escape closes, the arrow keys go on from row to row. */
export function CallPanel({ projectId, opened, row, initial, read, onOpen, onClose, onNewer, onOlder }: CallPanelProps) {
  const query = { projectId, id: opened.id, at: opened.at, read, initial };
  const story = useStory(query);
  const call = row ?? story.data?.row;
  const panel = useRef<HTMLElement>(null);

  // Where it hides the list, reading goes on in it.
  useEffect(() => {
    if (window.matchMedia(OVERLAY).matches) panel.current?.focus();
  }, []);

  const renderRow = (other: CallSummary, children: ReactNode) => (
    <button type="button" className="activity-link" onClick={() => onOpen(other)}>
      {children}
    </button>
  );
  return (
    <section
      ref={panel}
      className="activity-panel"
      aria-label={call ? `${call.method ?? ""} ${call.path ?? ""}, ${resultOf(call)}` : "Call"}
      tabIndex={-1}
      onKeyDown={(event) => {
        // Inside it, arrows scroll and move in tabs as everywhere.
        if (event.target !== panel.current) return;
        const move = { ArrowUp: onNewer, ArrowDown: onOlder }[event.key];
        if (!move) return;
        event.preventDefault();
        move();
      }}
    >
      <div className="activity-panel-head">
        <HttpLine method={call?.method ?? ""} path={call ? (call.path ?? "not sent") : "…"} className="min-w-0 flex-1" />
        {call && <Status tone={toneOf(call)}>{resultOf(call)}</Status>}
        <span className="flex flex-none">
          <IconButton size="small" label="Newer" icon={<ChevronUp aria-hidden />} disabled={!onNewer} onClick={onNewer} />
          <IconButton size="small" label="Older" icon={<ChevronDown aria-hidden />} disabled={!onOlder} onClick={onOlder} />
          <IconButton size="small" label="Close" icon={<X aria-hidden />} onClick={onClose} />
        </span>
      </div>
      <StoryOf key={opened.id} {...query} renderRow={renderRow} />
    </section>
  );
}
