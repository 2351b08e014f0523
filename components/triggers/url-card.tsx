"use client";

import { useState } from "react";
import { useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { IdRow } from "#components/ui/key-values.tsx";
import { useTrigger } from "./trigger-context.ts";

/** Where events go: one URL for all, or each user's own. */
export function UrlCard({ url }: { url: string }) {
  const { form } = useTrigger();
  const level = useWatch({ control: form.control, name: "body.level" });
  const creation = useWatch({ control: form.control, name: "body.creation" });
  return (
    <Card title="Webhook URL">
      {level === "app" ? (
        <>
          {url ? <IdRow name="For all users" value={url} /> : <p className="text-3">Shown to editors and admins.</p>}
          <p className="ui-hint mt-2">
            {creation === "request"
              ? "Sent to the API by itself, as {{settings.webhookURL}}."
              : "Paste it where the API asks for a webhook."}
          </p>
        </>
      ) : (
        <UserUrl isByHand={creation === "manual"} />
      )}
    </Card>
  );
}

function UserUrl({ isByHand }: { isByHand: boolean }) {
  const { projectId, triggerId, actions, mayEdit } = useTrigger();
  const [externalId, setExternalId] = useState("");
  const [made, setMade] = useState<{ externalId: string; url: string } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    if (!externalId.trim()) return setError("Enter the id that your app knows the user by.");
    setBusy(true);
    const result = await actions.makeUserUrl({ projectId, triggerId, externalId: externalId.trim() }).catch(() => null);
    setBusy(false);
    setError(result?.ok ? null : (result?.error.message ?? "The server can’t be reached. Check the connection and try again."));
    if (result?.ok) setMade({ externalId: externalId.trim(), url: result.data.url });
  };
  return (
    <>
      <p className="text-2">
        {isByHand ? "Each user has a URL of their own, the same every time." : "Each user’s own is sent to the API by itself."}
      </p>
      {mayEdit && (
        <Field className="mt-3" label="User id" hint="As in the user token’s sub." error={error}>
          <Input
            mono
            autoComplete="off"
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
      )}
      <div role="status">{made && <IdRow name={`URL of ${made.externalId}`} value={made.url} />}</div>
    </>
  );
}
