"use client";

import { Lock, X } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { fieldId } from "./fields.tsx";
import { type ShownSecret, useTrigger } from "./trigger-context.ts";

const MOST = 2;

/** Write-only, up to two at once: so a secret is changed without a lost event. */
export function SecretsOfTrigger({ label, hint }: { label: string; hint?: string }) {
  const { secrets, problems, mayEdit, projectId, triggerId, actions } = useTrigger();
  const [value, setValue] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isFull = secrets.length >= MOST;
  const missing = problems.find(({ path }) => path === "secret")?.message;

  const add = async () => {
    if (!value.trim()) return setError("Enter the secret.");
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
    <div>
      {secrets.length > 0 && (
        <ul className="trig-secrets" aria-label={`${label}s that are live`}>
          {secrets.map((secret) => (
            <Kept key={secret.id} label={label} secret={secret} isOnly={secrets.length === 1} />
          ))}
        </ul>
      )}
      {mayEdit && !isFull && (
        <Field
          id={fieldId("secret")}
          label={secrets.length === 0 ? label : `Next ${label.toLowerCase()}`}
          mark={secrets.length === 0 ? undefined : "Optional"}
          error={error ?? missing}
          hint={
            secrets.length === 0
              ? `${hint ? `${hint} ` : ""}Sealed when you set it, never shown again.`
              : "Both are taken until the old one is removed: change it at the API, watch “last seen”, then remove the old."
          }
        >
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            data-1p-ignore
            prefix={<Lock aria-hidden />}
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
              <Button variant="ghost" size="small" busy={busy} onClick={add} aria-label={`Set ${label.toLowerCase()}`}>
                Set
              </Button>
            }
          />
        </Field>
      )}
    </div>
  );
}

function Kept({ label, secret, isOnly }: { label: string; secret: ShownSecret; isOnly: boolean }) {
  const { mayEdit, projectId, triggerId, actions } = useTrigger();
  const remove = async () => {
    const result = await actions.removeSecret({ projectId, triggerId, secretId: secret.id }).catch(() => null);
    if (result?.ok) return;
    toast.error({ title: `The ${label.toLowerCase()} wasn’t removed`, text: result?.error.message ?? "The server can’t be reached." });
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
      {mayEdit && (
        <IconButton
          size="small"
          label={
            isOnly ? `Remove the ${label.toLowerCase()}: events are refused until another is set` : `Remove this ${label.toLowerCase()}`
          }
          icon={<X aria-hidden className="icon-s" />}
          onClick={remove}
        />
      )}
    </li>
  );
}
