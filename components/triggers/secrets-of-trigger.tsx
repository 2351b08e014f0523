"use client";

import { CircleCheck, Lock, X } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SecretInput } from "#components/ui/secret-field.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";

/** A verification secret as it may be shown: never its value. Times are RFC 3339. */
export type ShownSecret = { id: string; hint: string; setBy: string | null; setAt: string; lastSeenAt: string | null };

type Act<Values> = (values: { projectId: string; triggerId: string } & Values) => Promise<ActionResult<void>>;
export interface SecretActions {
  addSecret: Act<{ value: string }>;
  removeSecret: Act<{ secretId: string }>;
}

export interface SecretsOfTriggerProps {
  /** Of the field, for links to it. */
  id?: string;
  projectId: string;
  triggerId: string;
  /** "Secret", or "Password" for Basic. */
  label: string;
  hint?: string;
  /** Newest first, two at most. */
  secrets: readonly ShownSecret[];
  maySet: boolean;
  /** Said at the field: why one must be set. */
  missing?: string;
  /** Each subscription gets one of its own in the API's answer. */
  isGiven: boolean;
  actions: SecretActions;
}

/** Write-only, up to two at once: so a secret is changed without a lost event. Admins set them; others see that they are set. */
export function SecretsOfTrigger(props: SecretsOfTriggerProps) {
  const { id, label, secrets, maySet, missing, isGiven } = props;
  const noun = label.toLowerCase();
  if (isGiven && secrets.length === 0) {
    return <p className="ui-hint">Each subscription has a secret of its own, from the answer of the create request. None is set here.</p>;
  }
  return (
    <div>
      {secrets.length > 0 && (
        <>
          <p className="ui-label mb-1">{secrets.length === 1 ? label : `${label}s, both live`}</p>
          <ul className="trig-secrets" aria-label={`${label}s that are live`}>
            {secrets.map((secret, index) => (
              <Kept key={secret.id} {...props} secret={secret} isOlder={index === 1} />
            ))}
          </ul>
        </>
      )}
      {secrets.length === 2 && <Rotation secrets={secrets} noun={noun} maySet={maySet} />}
      {maySet && secrets.length < 2 && <NewSecret {...props} />}
      {!maySet && (
        <div id={id} tabIndex={-1}>
          <Note
            tone={missing ? "warning" : "info"}
            title={secrets.length > 0 ? `Only an admin changes the ${noun}.` : `No ${noun} is set.`}
          >
            {secrets.length > 0 ? "Ask one of the project to rotate it here." : `Ask an admin of the project to set the ${noun} here.`}
          </Note>
        </div>
      )}
    </div>
  );
}

/** Both are taken: says which of them the API signs with, and so what is next. */
function Rotation({ secrets: [newer, older], noun, maySet }: { secrets: readonly ShownSecret[]; noun: string; maySet: boolean }) {
  const isUsed = newer?.lastSeenAt && (!older?.lastSeenAt || newer.lastSeenAt > older.lastSeenAt);
  return (
    <div role="status">
      {isUsed ? (
        <p className="trig-rotation">
          <CircleCheck aria-hidden className="icon-s text-success" />
          The API uses the newer {noun}. {maySet ? "Remove the older one." : "An admin can remove the older one."}
        </p>
      ) : (
        <p className="ui-hint">Change it at the API now. Once the newer {noun} is seen here, remove the older one.</p>
      )}
    </div>
  );
}

function NewSecret({ id, label, hint, secrets, missing, projectId, triggerId, actions }: SecretsOfTriggerProps) {
  const [value, setValue] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isFirst = secrets.length === 0;
  const noun = label.toLowerCase();
  const add = async () => {
    if (!value.trim()) return setError(`Enter the ${noun}.`);
    setBusy(true);
    const result = await actions.addSecret({ projectId, triggerId, value }).catch(() => null);
    setBusy(false);
    if (!result) return setError("The server can’t be reached. Check the connection and try again.");
    if (!result.ok) return setError(result.error.message);
    setValue("");
    setError(null);
    toast.success({ title: `${label} set`, text: "It is sealed and never shown again." });
  };
  return (
    <Field
      id={id}
      label={isFirst ? label : `Next ${noun}`}
      mark={isFirst ? undefined : "To change it without a lost event"}
      error={error ?? missing}
      hint={
        isFirst
          ? `${hint ? `${hint} ` : ""}Sealed when you set it, never shown again.`
          : "Set the next one first: both are taken until you remove the older."
      }
    >
      <SecretInput
        value={value}
        onChange={(event) => {
          setValue(event.target.value);
          setError(null);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          void add();
        }}
        suffix={
          <Button variant="ghost" size="small" busy={busy} onClick={add} aria-label={`Set ${noun}`}>
            Set
          </Button>
        }
      />
    </Field>
  );
}

type KeptProps = SecretsOfTriggerProps & { secret: ShownSecret; isOlder: boolean };

function Kept({ label, secret, isOlder, secrets, maySet, projectId, triggerId, actions }: KeptProps) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const noun = label.toLowerCase();
  const which = secrets.length === 1 ? `the ${noun}` : `the ${isOlder ? "older" : "newer"} ${noun}`;
  const remove = async () => {
    setBusy(true);
    const result = await actions.removeSecret({ projectId, triggerId, secretId: secret.id }).catch(() => null);
    setBusy(false);
    setError(result?.ok ? null : (result?.error.message ?? "The server can’t be reached. Check the connection and try again."));
    if (result?.ok) setAsking(false);
  };
  return (
    <li>
      <Lock aria-hidden className="icon-s" />
      <span>
        <span className="ui-dots" aria-hidden>
          ••••••••
        </span>
        <span className="sr-only">{label} set</span> {secret.hint && <code>{secret.hint}</code>}
      </span>
      <span className="text-12 text-3">
        Set{secret.setBy && ` by ${secret.setBy}`} <RelativeTime date={secret.setAt} /> ·{" "}
        {secret.lastSeenAt ? (
          <>
            last seen <RelativeTime date={secret.lastSeenAt} />
          </>
        ) : (
          "not seen yet"
        )}
      </span>
      {maySet && (
        <>
          <IconButton size="small" label={`Remove ${which}`} icon={<X aria-hidden className="icon-s" />} onClick={() => setAsking(true)} />
          <LateConfirmDialog
            open={asking}
            onOpenChange={setAsking}
            title={`Remove ${which}?`}
            text={
              secrets.length === 1
                ? "From the next event on every one is refused and held for 72 h, until another is set."
                : `Events signed with it are refused from the next one on${secret.lastSeenAt ? "" : "; none has been seen yet"}. The other one stays.`
            }
            action={`Remove ${noun}`}
            busyAction="Removing…"
            busy={busy}
            error={error}
            onConfirm={remove}
          />
        </>
      )}
    </li>
  );
}
