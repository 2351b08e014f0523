"use client";

import { Disclosure } from "#components/ui/disclosure.tsx";
import { Radio } from "#components/ui/radio-group.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { ClientAuthentication } from "#lib/resources/schema.ts";
import { ClientSecretField } from "./client-secret-field.tsx";
import { useDraftField } from "./draft-field.ts";
import { DraftNumber, DraftSelect, DraftText } from "./fields.tsx";
import { PairRows } from "./pair-rows.tsx";
import { RequiredInputs } from "./required-inputs.tsx";
import { fieldId, useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";
import { DraftTemplate } from "./template-field.tsx";

/** All that an OAuth 2.0 type asks for. */
export const OAuthSettings = () => (
  <>
    <OAuthFields />
    <OAuthOptions />
  </>
);

/** Token URL and client. */
function OAuthFields() {
  return (
    <>
      <DraftTemplate
        path="oauth.accessTokenUrl"
        label="Access Token URL"
        place="token"
        placeholder="https://auth.example.com/oauth/token"
        hint={<TokenHostHint />}
      />
      <div className="setup-grid mt-4">
        <DraftTemplate path="oauth.clientId" label="Client ID" place="token" />
        <ClientSecretField />
      </div>
    </>
  );
}

function TokenHostHint() {
  const { hosts } = useSetup();
  const names = hosts.token.userValuesInHost.map((name) => name.replace(/^inputs\./, ""));
  if (names.length === 0) return "Where Patchbay asks for tokens. The Client Secret goes there and nowhere else.";
  return (
    <>
      The Client Secret travels to this host, so <code>{names.join(", ")}</code> may be exactly one DNS label.
    </>
  );
}

/** Advanced Options of both OAuth 2.0 types. App level has no users to ask for Required Inputs. */
function OAuthOptions() {
  const { draft } = useSetup();
  const { inputs, oauth, level } = draft;
  const facts = [
    ...(level !== "app" && inputs.length > 0 ? [count(inputs.length, "input")] : []),
    ...(oauth.parameters.length > 0 ? [count(oauth.parameters.length, "parameter")] : []),
  ];
  return (
    <div className="section-rule">
      <Disclosure
        open
        title={
          <>
            <h2>Advanced Options</h2>
            <span className="ml-auto text-12 font-normal text-3">{facts.join(", ")}</span>
          </>
        }
      >
        {level !== "app" && (
          <div className="mt-4">
            <RequiredInputs />
          </div>
        )}
        <IncludeClient />
        <div className="section-rule setup-grid">
          <DraftTemplate path="oauth.scope" label="Scope" mark="optional" place="token" />
          <DraftNumber
            path="oauth.defaultLifetime"
            label="Default lifetime"
            mark="when the answer has none"
            unit="seconds"
            min={1}
            max={31_536_000}
          />
        </div>
        <div className="section-rule">
          <PairRows path="oauth.parameters" title="Extra token parameters" add="Add parameter" noun="Parameter" place="token" places />
        </div>
        <TokenAnswer />
      </Disclosure>
    </div>
  );
}

function IncludeClient() {
  const { value, set } = useDraftField<ClientAuthentication>("oauth.clientAuthentication");
  const off = [
    { value: "body", label: "In the request body" },
    { value: "none", label: "Not sent" },
  ];
  return (
    <section className="section-rule" aria-labelledby="include-client" id={fieldId("oauth.clientAuthentication")}>
      <div className="flex items-start gap-4">
        <div>
          <h3 id="include-client">Include Client ID and Secret</h3>
          <p className="text-2">On: as an HTTP Basic header on the token call. Off: choose below.</p>
        </div>
        <Switch
          className="ml-auto"
          label="Include Client ID and Secret"
          checked={value === "basic"}
          onCheckedChange={(on) => set(on ? "basic" : "body")}
        />
      </div>
      {value !== "basic" && (
        <fieldset className="mt-2 flex flex-wrap gap-x-5">
          <legend className="sr-only">Where Client ID and Secret go instead</legend>
          {off.map((option) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: Radio is an input.
            <label key={option.value} className="ui-radio-row">
              <Radio name="clientAuthentication" option={option} value={value} onChange={() => set(option.value as ClientAuthentication)} />
              {option.label}
            </label>
          ))}
        </fieldset>
      )}
      <div className="setup-grid mt-3">
        <DraftSelect path="oauth.bodyFormat" label="Body of the token call">
          <option value="form">Form (RFC 6749)</option>
          <option value="json">JSON</option>
        </DraftSelect>
      </div>
    </section>
  );
}

function TokenAnswer() {
  const { draft } = useSetup();
  const refreshes = draft.authType === "oauth2_refresh_token";
  return (
    <section className="section-rule" aria-labelledby="token-answer">
      <h3 id="token-answer">Token answer</h3>
      <p className="ui-hint mb-3">Where the answer of the token call holds each value.</p>
      <div className="setup-grid gap-y-3">
        <DraftText path="oauth.response.accessToken" label="Access Token" mono />
        {refreshes && <DraftText path="oauth.response.refreshToken" label="Refresh Token" mark="kept when absent" mono />}
        <DraftText path="oauth.response.lifetime" label="Lifetime" mark="optional" mono />
        <DraftSelect path="oauth.response.lifetimeUnit" label="Unit of the lifetime">
          <option value="seconds">Seconds</option>
          <option value="minutes">Minutes</option>
          <option value="milliseconds">Milliseconds</option>
        </DraftSelect>
      </div>
    </section>
  );
}
