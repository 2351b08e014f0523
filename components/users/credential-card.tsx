"use client";

import { RefreshCw, ShieldCheck, Unplug } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ResourceTile } from "#components/resources/resource-tile.tsx";
import { Button } from "#components/ui/button.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Note } from "#components/ui/note.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { CredentialBadge } from "./credential-words.tsx";
import { Moment } from "./moment.tsx";
import type { ActOutcome, CredentialDetail, TimelinePage, UserActions } from "./user-page-types.ts";

const DisconnectDialog = lazyDialog(async () => (await import("./disconnect-dialog.tsx")).DisconnectDialog);
const Timeline = lazyPart(async () => (await import("./timeline.tsx")).Timeline, <SkeletonRows label="Loading the timeline" rows={4} />);

export interface CredentialCardProps {
  projectId: string;
  user: { id: string; name: string; externalId: string };
  credential: CredentialDetail;
  timeline: TimelinePage;
  mayAct: boolean;
  actions: UserActions;
}

/** One credential: how it stands and why, what comes next, what can be done, and what happened. */
export function CredentialCard({ projectId, user, credential, timeline, mayAct, actions }: CredentialCardProps) {
  const { id, resource, status, sentence, fix, isStruggling, checkedAt } = credential;
  const [busy, setBusy] = useState<"refresh" | "verify" | null>(null);
  const [isAsking, setAsking] = useState(false);

  const act = async (kind: "refresh" | "verify", words: { done: string; failed: string; nothing: string }) => {
    setBusy(kind);
    const result = await actions[kind]({ projectId, userId: user.id, credentialId: id }).catch(() => null);
    setBusy(null);
    tell(result, resource, words);
  };

  return (
    <section className="ui-card" aria-labelledby="credential-title">
      <div className="ui-card-head min-h-13">
        <ResourceTile appearance={credential.appearance} />
        <h2 id="credential-title" className="cut">
          {resource} credential
        </h2>
        <CredentialBadge status={status} />
        {mayAct && (
          <div className="ui-card-actions">
            {!credential.isApiKey && (
              <Button
                size="small"
                busy={busy === "refresh"}
                onClick={() => act("refresh", { done: "refreshed", failed: "wasn’t refreshed", nothing: "has nothing to refresh" })}
              >
                <RefreshCw aria-hidden />
                Refresh now
              </Button>
            )}
            <Button
              size="small"
              busy={busy === "verify"}
              onClick={() => act("verify", { done: "works", failed: "wasn’t verified", nothing: "can’t be verified" })}
            >
              <ShieldCheck aria-hidden />
              Re-verify
            </Button>
            <Button size="small" onClick={() => setAsking(true)}>
              <Unplug aria-hidden />
              Disconnect
            </Button>
          </div>
        )}
      </div>
      {(status !== "VALID" || isStruggling) && (
        <div className="px-4 pt-3">
          <Note tone={status === "INVALID" ? "danger" : "warning"} title={sentence}>
            {fix}
          </Note>
        </div>
      )}
      {credential.profile?.failing && <ProfileFailure {...credential.profile.failing} isKnown={credential.profile.isKnown} />}
      <Facts credential={credential} />
      <div className="ui-card-body">
        <p className="ui-hint mb-3" role="status">
          {checkedAt ? (
            <>
              Status checked <Moment date={checkedAt} form="ahead" past />
              {status === "VALID" && !isStruggling && <>. {sentence}</>}
            </>
          ) : (
            "Status not checked since it was connected."
          )}
        </p>
        <Timeline projectId={projectId} externalId={user.externalId} credentialId={id} first={timeline} read={actions.readTimeline} />
      </div>
      <DisconnectDialog
        projectId={projectId}
        user={user}
        credential={credential}
        open={isAsking}
        onOpenChange={setAsking}
        disconnect={actions.disconnect}
      />
    </section>
  );
}

function tell(
  result: ActionResult<ActOutcome> | null,
  resource: string,
  { done, failed, nothing }: { done: string; failed: string; nothing: string },
): void {
  const outcome = result?.ok ? result.data : null;
  if (outcome?.ok) {
    toast.success({ title: `${resource} ${done}`, text: "The timeline says when." });
    return;
  }
  const refusal = result?.ok === false ? result.error.message : "The server can’t be reached. Check the connection and try again.";
  toast.error({
    title: `${resource} ${outcome?.ok === null ? nothing : failed}`,
    text: outcome ? `${outcome.message} ${outcome.fix}` : refusal,
  });
}

function ProfileFailure({ since, reason, isKnown }: { since: string; reason: string; isKnown: boolean }) {
  return (
    <div className="px-4 pt-3">
      <Note tone="warning" title={isKnown ? "The User Profile is stale." : "The User Profile couldn’t be read."}>
        {reason} Reading fails since <Moment date={since} past />
        {isKnown ? "; the one from before stays in use." : "."} The next check tries again, and so does Re-verify.
      </Note>
    </div>
  );
}

function Facts({ credential }: { credential: CredentialDetail }) {
  const { isApiKey, expiresAt, nextRefreshAt, lastRefreshedAt, verifiedAt, nextCheckAt, profile, supplied, hints } = credential;
  const when = (date: string | null, none: string, past = false) =>
    date ? <Moment date={date} past={past} /> : <span className="font-normal text-3">{none}</span>;
  const facts: { name: string; value: ReactNode }[] = [
    { name: isApiKey ? "Keys expire" : "Access token expires", value: when(expiresAt, isApiKey ? "They don’t" : "Not told by the API") },
    ...(isApiKey
      ? []
      : [
          { name: "Next refresh", value: when(nextRefreshAt, "None planned") },
          { name: "Last refreshed", value: when(lastRefreshedAt, "Never", true) },
        ]),
    { name: "Last verified", value: when(verifiedAt, "Never", true) },
    { name: "Next check", value: when(nextCheckAt, "None planned") },
    ...(profile
      ? [
          { name: "Profile id", value: profile.id === null ? when(null, "None that is proven") : <code>{profile.id}</code> },
          ...profile.fields.map(({ name, value }) => ({ name: `Profile: ${name}`, value: <code>{value}</code> })),
          {
            name: "Profile read",
            value: profile.failing && profile.isKnown ? "Stale" : when(profile.failing ? null : profile.triedAt, "Never", true),
          },
        ]
      : []),
    ...supplied.map(({ label, value }) => ({ name: label, value: <code>{value}</code> })),
    ...Object.entries(hints).map(([field, hint]) => ({
      name: TOKEN_LABELS[field] ?? field,
      value: (
        <span className="font-normal">
          <span aria-hidden className="text-3">
            ••••••{" "}
          </span>
          <span className="sr-only">ends in </span>
          <code>{hint}</code>
        </span>
      ),
    })),
  ];
  return (
    <dl className="usr-facts">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt className="cut">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const TOKEN_LABELS: Record<string, string> = { access_token: "Access Token", refresh_token: "Refresh Token" };
