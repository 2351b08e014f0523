"use client";

import { useEffect, useState } from "react";
import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Note } from "#components/ui/note.tsx";
import { Radio } from "#components/ui/radio-group.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { defaultAuthenticationKind } from "#lib/resources/read-definition.ts";
import { REQUEST_AUTHENTICATION_LABELS, type RequestAuthenticationKind } from "#lib/resources/words.ts";
import { useDraftField } from "./draft-field.ts";
import { AppCredentials } from "./lazy-settings.tsx";
import { PairRows } from "./pair-rows.tsx";
import { ProfileFields } from "./profile-fields.tsx";
import { fieldId, useSetup } from "./setup-context.ts";
import { DraftTemplate } from "./template-field.tsx";

const ExpiryFields = lazyPart(async () => (await import("./expiry-fields.tsx")).ExpiryFields, <Skeleton className="mt-4 h-60" />);

export function RequestDetailsStep() {
  const { draft } = useSetup();
  return (
    <>
      <WizardHead title="Request Details">Where requests go and what each one carries.</WizardHead>
      <DraftTemplate path="request.baseUrl" label="API Base URL" place="request" placeholder="https://api.example.com/v1" />
      <HostNote />
      {draft.level === "app" && <AppCredentials />}
      <ApiAuthentication />
      <div className="section-rule">
        <PairRows
          path="request.headers"
          title="Default headers"
          heading="h2"
          text="Sent with each request, unless the request sets its own."
          add="Add header"
          noun="Header"
          place="request"
        />
      </div>
      {draft.level !== "app" && <ProfileFields />}
      <Expiry />
    </>
  );
}

function Expiry() {
  const [opened, setOpened] = useState(false);
  return (
    <div className="section-rule">
      <Disclosure title={<h2>Time-out, expiry and checks</h2>} onToggle={(open) => open && setOpened(true)}>
        <ExpiryFields isOpened={opened} />
      </Disclosure>
    </div>
  );
}

/** Said wherever a user's value is part of the host, with what stays fixed. */
function HostNote() {
  const { hosts } = useSetup();
  const { userValuesInHost, fixedSuffix, problems, rules } = hosts.request;
  if (userValuesInHost.length === 0 || problems.length > 0) return null;
  const names = userValuesInHost.map((name) => name.replace(/^inputs\./, "")).join(", ");
  return (
    <Note tone="warning" className="mt-2 max-w-[440px]" title="User input can change the host.">
      {rules.hostValues === "hostname" ? (
        <>
          <code>{names}</code> may be any public host name. Only the user’s own credential travels there.
        </>
      ) : (
        <>
          <code>{names}</code> must be one DNS label
          {fixedSuffix && (
            <>
              , and requests can’t leave <code>*.{fixedSuffix}</code>
            </>
          )}
          .
        </>
      )}
    </Note>
  );
}

const KINDS = Object.entries(REQUEST_AUTHENTICATION_LABELS) as [RequestAuthenticationKind, string][];

function ApiAuthentication() {
  const { draft } = useSetup();
  const field = useDraftField<RequestAuthenticationKind | undefined>("request.authentication.kind");
  const path = "request.authentication";
  const kind = field.value ?? defaultAuthenticationKind(draft);
  usePrefilledKey(kind);
  return (
    <fieldset className="section-rule" id={fieldId(`${path}.kind`)}>
      <legend className="sr-only">API Authentication</legend>
      <div className="mb-1.5">
        <h2>API Authentication</h2>
        <p className="text-2">How each request proves who it is for.</p>
      </div>
      <div className="grid justify-items-start">
        {KINDS.map(([value, label]) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: Radio is an input.
          <label key={value} className="ui-radio-row">
            <Radio name="apiAuthentication" option={{ value }} value={kind} onChange={() => field.set(value)} />
            {label}
          </label>
        ))}
      </div>
      <div className="mt-2.5 empty:hidden">
        {kind === "bearer" && <DraftTemplate path={`${path}.token`} label="Token" place="request" prefix="Bearer" />}
        {kind === "basic" && (
          <div className="setup-grid">
            <DraftTemplate path={`${path}.username`} label="Username" place="request" />
            <DraftTemplate path={`${path}.password`} label="Password" place="request" />
          </div>
        )}
        {kind === "query" && (
          <PairRows path={`${path}.query`} title="Authentication parameters" add="Add query parameter" noun="Parameter" place="request" />
        )}
        {kind === "headers" && (
          <PairRows path={`${path}.headers`} title="Authentication headers" add="Add authentication header" noun="Header" place="request" />
        )}
      </div>
    </fieldset>
  );
}

/** An API key is of no use until some header or parameter carries it: the first row is written, for the admin to correct. */
function usePrefilledKey(kind: RequestAuthenticationKind): void {
  const { draft, form } = useSetup();
  const key = (draft.apiKeys.find(({ secret }) => secret) ?? draft.apiKeys[0])?.name;
  const isPair = kind === "headers" || kind === "query";
  const isWanted = draft.authType === "api_key" && isPair && Boolean(key) && draft.request.authentication[kind].length === 0;
  // Once a visit: rows that were removed on purpose stay away.
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!isWanted || !isPair || done.has(kind)) return;
    setDone((before) => new Set(before).add(kind));
    const name = kind === "headers" ? "X-API-Key" : (key ?? "");
    form.setValue(`request.authentication.${kind}`, [{ name, value: `{{credentials.${key}}}` }], { shouldDirty: true });
  }, [isWanted, isPair, done, kind, key, form]);
}
