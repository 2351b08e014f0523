"use client";

import { useQuery } from "@tanstack/react-query";
import { RotateCcw, ShieldCheck, UserCheck, X } from "lucide-react";
import { useState } from "react";
import { JsonText } from "#components/requests/json-text.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { activityPath, runPath, userPath } from "#lib/paths.ts";
import type { DeliveryKey, ShownDelivery, VerificationDraft } from "#lib/triggers/schema.ts";
import { isHandshake } from "#lib/triggers/words.ts";
import { countSettled, type DeliveryActions, type DeliveryStory, type Settled, unwrap } from "./delivery-actions.ts";
import { DeliveryState } from "./delivery-state.tsx";
import { SignatureDoctor } from "./signature-doctor.tsx";

export interface DeliveryPanelProps {
  projectId: string;
  delivery: DeliveryKey;
  /** As it is set now. */
  verification: VerificationDraft;
  /** Refused ones of the list that can be released with this one. */
  held: readonly ShownDelivery[];
  mayEdit: boolean;
  mayApply: boolean;
  actions: DeliveryActions;
  onClose: () => void;
  onDone: () => void;
}

/** One delivery: what came, what became of it and why, and what can be done. */
export function DeliveryPanel({
  projectId,
  delivery,
  verification,
  held,
  mayEdit,
  mayApply,
  actions,
  onClose,
  onDone,
}: DeliveryPanelProps) {
  const { at, id } = delivery;
  const story = useQuery({
    queryKey: ["delivery", projectId, id],
    queryFn: async () => unwrap(await actions.read({ projectId, at, id })),
    retry: false,
  });
  const [settled, setSettled] = useState<string | null>(null);
  const done = (results: readonly Settled[]) => {
    setSettled(countSettled(results));
    void story.refetch();
    onDone();
  };
  const shown = story.data;
  return (
    <section className="activity-panel" aria-label="Delivery">
      <div className="activity-panel-head">
        <span className="flex min-w-0 flex-1 items-center gap-3">
          <TimeOfDay date={at} />
          {shown && <DeliveryState status={shown.status} />}
        </span>
        <IconButton size="small" label="Close" icon={<X aria-hidden />} onClick={onClose} />
      </div>
      {story.isPending && <SkeletonRows rows={4} label="Loading the delivery" />}
      {story.isError && (
        <Note tone="danger" role="alert" className="m-5" title="It didn’t load.">
          {story.error.message}
        </Note>
      )}
      <p className="sr-only" role="status">
        {settled && `Done: ${settled}.`}
      </p>
      {shown && (
        <>
          <What projectId={projectId} story={shown} />
          {mayEdit && !isHandshake(shown) && <Acts projectId={projectId} story={shown} actions={actions} onDone={done} />}
          {mayEdit && shown.status === "refused" && shown.quarantinedUntil && (
            <SignatureDoctor
              projectId={projectId}
              delivery={delivery}
              verification={verification}
              held={held}
              mayApply={mayApply}
              actions={actions}
              onDone={done}
            />
          )}
          <div className="activity-part">
            <h2 className="activity-part-title">
              Request <span className="activity-part-note">{shown.size.toLocaleString("en")} B, redacted</span>
            </h2>
            <HttpMessage
              label="Request"
              start={
                <>
                  <b>{shown.method}</b> /hooks/••••••
                  {shown.query.length > 0 && `?${shown.query.map(([name, value]) => `${name}=${value}`).join("&")}`}
                </>
              }
              headers={shown.headers}
              body={<JsonText text={pretty(shown.body)} />}
            />
          </div>
        </>
      )}
    </section>
  );
}

function What({ projectId, story }: { projectId: string; story: DeliveryStory }) {
  const { userId, userName, externalId, message, responseStatus, quarantinedUntil, runIds, address, requestId } = story;
  return (
    <div className="activity-part">
      {message && <p className="mb-3 font-medium">{message}</p>}
      <KeyValues
        size="small"
        items={[
          { name: "Answered", value: responseStatus },
          ...(address ? [{ name: "From", value: <code>{address}</code> }] : []),
          ...(userId ? [{ name: "User", value: <Link href={userPath(projectId, userId)}>{userName || externalId}</Link> }] : []),
          {
            name: "Led to",
            value: runIds.length === 0 ? "Nothing" : runIds.slice(0, 5).map((id) => <RunLink key={id} projectId={projectId} id={id} />),
          },
          ...(requestId ? [{ name: "Activity", value: <Link href={activityPath(projectId, { q: requestId })}>Its row</Link> }] : []),
          ...(quarantinedUntil
            ? [
                {
                  name: "Held until",
                  value: new Date(quarantinedUntil).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }),
                },
              ]
            : []),
        ]}
      />
    </div>
  );
}

const RunLink = ({ projectId, id }: { projectId: string; id: string }) => (
  <Link className="mr-2" href={runPath(projectId, id)}>
    Run {id.slice(0, 4)}
  </Link>
);

interface ActsProps {
  projectId: string;
  story: DeliveryStory;
  actions: DeliveryActions;
  onDone: (settled: readonly Settled[]) => void;
}

function Acts({ projectId, story, actions, onDone }: ActsProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [externalId, setExternalId] = useState("");
  const keys = [{ at: story.at, id: story.id }];
  const run = async (send: () => ReturnType<DeliveryActions["release"]>) => {
    setBusy(true);
    const result = await send().catch(() => null);
    setBusy(false);
    setError(result?.ok ? null : (result?.error.message ?? "The server can’t be reached. Check the connection and try again."));
    if (result?.ok) onDone(result.data);
  };
  const isRefused = story.status === "refused";
  const isUnattributed = story.status === "unattributed";
  return (
    <div className="activity-part">
      <div className="activity-acts">
        {(isRefused || isUnattributed) && (
          <Button size="small" busy={busy} onClick={() => run(() => actions.release({ projectId, keys }))}>
            <ShieldCheck aria-hidden />
            Re-check and release
          </Button>
        )}
        {!isRefused && !isUnattributed && (
          <Button size="small" busy={busy} onClick={() => run(() => actions.replay({ projectId, keys }))}>
            <RotateCcw aria-hidden />
            Replay
          </Button>
        )}
      </div>
      {isUnattributed && (
        <Field className="mt-3" label="Whose event it is" hint="The id that your app knows the user by.">
          <Input
            mono
            value={externalId}
            onChange={(event) => setExternalId(event.target.value)}
            suffix={
              <Button
                variant="ghost"
                size="small"
                busy={busy}
                onClick={() =>
                  externalId.trim()
                    ? run(() => actions.map({ projectId, keys, externalId: externalId.trim() }))
                    : setError("Enter the user’s id.")
                }
              >
                <UserCheck aria-hidden />
                Map and release
              </Button>
            }
          />
        </Field>
      )}
      {error && (
        <Note tone="danger" role="alert" className="mt-3">
          {error}
        </Note>
      )}
    </div>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
