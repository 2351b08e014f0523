"use client";

import { CircleAlert, CircleCheck, KeyRound, RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Note } from "#components/ui/note.tsx";
import { Progress } from "#components/ui/progress.tsx";
import type { KeyUse } from "#lib/vault/read-key-use.ts";

const LOOK_MS = 3_000;

/** The keys of the whole installation: which one seals, and whether older ones may go. */
export function EncryptionKeys({ use }: { use: KeyUse }) {
  const { sealing, elsewhere, older, progress, unopened } = use;
  const isMoving = elsewhere === null && older.some(({ state }) => state === "used");
  const router = useRouter();
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => router.refresh(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isMoving, router]);

  return (
    <Card title="Encryption keys">
      <div className="grid gap-3">
        <p className="text-2">They seal the secrets of the whole installation, not of this project alone.</p>
        <ul className="grid gap-2">
          <KeyRow id={sealing} badge={<Badge icon={<KeyRound aria-hidden />}>Seals new values</Badge>} />
          {older.map(({ id, state }) => (
            <KeyRow key={id} id={id} {...WORDS[state]} />
          ))}
        </ul>
        {isMoving && (
          <div className="flex flex-wrap items-center gap-3">
            <Progress label="Sealed with the new key" value={progress.done} max={progress.total} className="w-40" />
            <span className="text-12 text-3">
              {progress.total > 0
                ? `${progress.done.toLocaleString("en")} of ${progress.total.toLocaleString("en")} values sealed with ${sealing}`
                : "Begins within seconds, in the worker"}
            </span>
          </div>
        )}
        {unopened > 0 && (
          <Note tone="warning" title={unopened === 1 ? "One value doesn’t open." : `${unopened.toLocaleString("en")} values don’t open.`}>
            {unopened === 1 ? "It was" : "They were"} altered in the database, so that no key helps any more. The worker’s log names the
            rows: have these users connect again, or type these secrets again.
          </Note>
        )}
        {elsewhere !== null && (
          <Note tone="warning" title={`This server seals with ${sealing}, but the latest start put ${elsewhere} in front.`}>
            Start all servers with the same <code>PATCHBAY_KEYS</code>.
          </Note>
        )}
      </div>
    </Card>
  );
}

const WORDS: Record<KeyUse["older"][number]["state"], { badge: ReactNode; text: ReactNode }> = {
  used: {
    badge: (
      <Badge tone="info" icon={<RefreshCw aria-hidden />}>
        Still needed
      </Badge>
    ),
    text: "Values are still sealed with it. The worker seals them with the new key: keep this one until that is done.",
  },
  unused: {
    badge: (
      <Badge tone="success" icon={<CircleCheck aria-hidden />}>
        No longer used
      </Badge>
    ),
    text: (
      <>
        You may remove it from <code>PATCHBAY_KEYS</code>, or from the key file.
      </>
    ),
  },
  missing: {
    badge: (
      <Badge tone="danger" icon={<CircleAlert aria-hidden />}>
        Missing
      </Badge>
    ),
    text: (
      <>
        Values are sealed with it, and can’t be opened. Put it back into <code>PATCHBAY_KEYS</code>, behind the first key.
      </>
    ),
  },
};

function KeyRow({ id, badge, text }: { id: string; badge: ReactNode; text?: ReactNode }) {
  return (
    <li className="grid gap-1">
      <div className="flex flex-wrap items-center gap-3">
        <code className="font-medium">{id}</code>
        {badge}
      </div>
      {text && <p className="text-12 text-3">{text}</p>}
    </li>
  );
}
