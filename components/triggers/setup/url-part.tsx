"use client";

import { useState } from "react";
import { useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { useTrigger } from "./setup-context.ts";

/** Where events go, to copy: one URL for all, or a user's own. */
export function UrlPart() {
  const { form, url } = useTrigger();
  const level = useWatch({ control: form.control, name: "body.level" });
  return level === "app" ? <CopyUrl name="Webhook URL" value={url} /> : <UserUrl />;
}

function CopyUrl({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <p className="ui-label mb-1">{name}</p>
      <div className="trig-url">
        <code>{value}</code>
        <CopyButton text={value} label={`Copy ${name}`} />
      </div>
    </div>
  );
}

function UserUrl() {
  const { projectId, triggerId, actions } = useTrigger();
  const [externalId, setExternalId] = useState("");
  const [made, setMade] = useState<{ externalId: string; url: string } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    const id = externalId.trim();
    if (!id) return setError("Enter the id that your app knows the user by.");
    setBusy(true);
    const result = await actions.makeUserUrl({ projectId, triggerId, externalId: id }).catch(() => null);
    setBusy(false);
    setError(result?.ok ? null : (result?.error.message ?? "The server can’t be reached. Check the connection and try again."));
    if (result?.ok) setMade({ externalId: id, url: result.data.url });
  };
  return (
    <div className="stack">
      <Field label="User id" hint="As in the user token’s sub. They appear once they connect." error={error}>
        <Input
          mono
          value={externalId}
          onChange={(event) => {
            setExternalId(event.target.value);
            setError(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            void make();
          }}
          suffix={
            <Button variant="ghost" size="small" busy={busy} onClick={make}>
              Show URL
            </Button>
          }
        />
      </Field>
      <div role="status">{made && <CopyUrl name={`Webhook URL of ${made.externalId}`} value={made.url} />}</div>
    </div>
  );
}
