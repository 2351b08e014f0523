"use client";

import { Radio } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { JsonText } from "#components/requests/json-text.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { triggerPath } from "#lib/paths.ts";
import { DeliveryState } from "./delivery-state.tsx";
import type { HeardEvent, Listen } from "./heard-events.ts";

/** A keyboard must reach what scrolls. */
const SCROLLS = { tabIndex: 0, role: "group", "aria-label": "Newest event" } as const;
const EVERY_MS = 2_000;
const OLDER = 4;

export interface ListenPanelProps {
  projectId: string;
  triggerId: string;
  heard: readonly HeardEvent[];
  onHeard: (heard: HeardEvent[]) => void;
  listen: Listen;
}

/** Waits for events and shows the newest as it arrives, whatever became of it. Not in a hidden tab. */
export function ListenPanel({ projectId, triggerId, heard, onHeard, listen }: ListenPanelProps) {
  const [isLost, setLost] = useState(false);
  const [newest, ...older] = heard;
  const newestId = newest?.id;
  const ask = useEffectEvent(async () => {
    if (document.visibilityState === "hidden") return;
    const result = await listen({ projectId, triggerId }).catch(() => null);
    setLost(!result?.ok);
    if (result?.ok && result.data[0]?.id !== newestId) onHeard(result.data);
  });
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout>;
    const next = async () => {
      await ask();
      if (!isOver) timer = setTimeout(next, EVERY_MS);
    };
    timer = setTimeout(next, EVERY_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <>
      <p className="trig-listening" role="status">
        <Radio aria-hidden className="icon-s" />
        {isLost ? "The connection was lost; trying again." : newest ? "Listening for the next event." : "Listening for an event."}
      </p>
      {newest && (
        <div className="mt-3" aria-live="polite">
          <p className="mb-2 flex items-center gap-2">
            <DeliveryState status={newest.status} />
            <TimeOfDay date={newest.at} className="text-3" />
          </p>
          {newest.message && <p className="mb-2 text-12 text-2">{newest.message}</p>}
          {newest.status === "refused" && (
            <p className="mb-2 text-12">
              <Link href={`${triggerPath(projectId, triggerId, "deliveries")}?status=refused`}>
                Open it: the signature doctor finds out how it was signed
              </Link>
            </p>
          )}
          <pre className="ui-well trig-event" {...SCROLLS}>
            <JsonText text={JSON.stringify(newest.payload.body, null, 2) ?? ""} />
          </pre>
        </div>
      )}
      {older.length > 0 && (
        <ul className="trig-older" aria-label="Before that">
          {older.slice(0, OLDER).map(({ id, at, status, payload }) => (
            <li key={id}>
              <TimeOfDay date={at} className="text-3" />
              <DeliveryState status={status} />
              <code className="cut">{JSON.stringify(payload.body)}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
