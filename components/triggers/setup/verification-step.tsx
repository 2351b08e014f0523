"use client";

import { useWatch } from "react-hook-form";
import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Verification, VerificationDraft } from "#lib/triggers/schema.ts";
import { VERIFICATION_PRESETS, type VerificationPreset } from "#lib/triggers/verification-presets.ts";
import {
  HMAC_ALGORITHMS,
  needsSecret,
  SECRET_ENCODINGS,
  SIGNATURE_ENCODINGS,
  VERIFICATION_LABELS,
  VERIFICATION_SCHEMES,
  type VerificationScheme,
} from "#lib/triggers/words.ts";
import { SecretsOfTrigger } from "../secrets-of-trigger.tsx";
import { NumberAt, SelectAt, TextAt, useTriggerField } from "./fields.tsx";
import { newVerification } from "./new-verification.ts";
import { fieldId, useTrigger } from "./setup-context.ts";

/** How an event proves where it comes from. */
export function VerificationStep() {
  const { form, secrets, problemAt, may, projectId, triggerId, actions } = useTrigger();
  const verification = useWatch({ control: form.control, name: "body.verification" });
  const secretPath = useWatch({ control: form.control, name: "body.subscription.secretPath" });
  const creation = useWatch({ control: form.control, name: "body.creation" });
  const missing = problemAt("secret")?.message;
  const set = (next: VerificationDraft) => form.setValue("body.verification", next, { shouldDirty: true });
  const { scheme } = verification;
  const preset = VERIFICATION_PRESETS.find((each) => isSame(verification, each.verification));
  /** What makes two deliveries one event, and how a challenge is answered, are as well known of such a sender. */
  const fill = ({ verification: next, dedupe, response }: VerificationPreset) => {
    set(next);
    form.setValue("body.dedupe", dedupe, { shouldDirty: true });
    if (response.kind !== "empty") form.setValue("body.response", response, { shouldDirty: true });
  };
  return (
    <>
      <WizardHead title="Verification">
        How an event proves its sender, over the bytes as they came. Wrong ones are held for 72 h.
      </WizardHead>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and name itself as one of a form */}
      <div className="trig-presets" role="group" aria-label="Presets">
        <span className="text-12 text-3">As</span>
        {VERIFICATION_PRESETS.map((each) => (
          <Button key={each.id} size="small" aria-pressed={each === preset} onClick={() => fill(each)}>
            {each.name}
          </Button>
        ))}
      </div>
      <div className="stack">
        <SelectAt
          path="body.verification.scheme"
          label="How events are verified"
          onChoose={(next) => set(newVerification(next as VerificationScheme))}
        >
          {VERIFICATION_SCHEMES.map((each) => (
            <option key={each} value={each}>
              {VERIFICATION_LABELS[each]}
            </option>
          ))}
        </SelectAt>
        {scheme === "none" && (
          <Note tone="warning" title="Anyone who learns the URL can send events.">
            Choose what the API signs or sends: its webhook documentation calls it a signature, a secret or a token.
          </Note>
        )}
        <SchemeFields key={scheme} scheme={scheme} />
        {needsSecret(scheme) && (
          <SecretsOfTrigger
            id={fieldId("secret")}
            projectId={projectId}
            triggerId={triggerId}
            label={scheme === "basic" ? "Password" : "Secret"}
            hint={preset?.secretHint}
            secrets={secrets}
            maySet={may.setSecrets}
            missing={missing}
            isGiven={creation === "request" && secretPath !== ""}
            actions={actions}
          />
        )}
        <Networks />
      </div>
    </>
  );
}

const isSame = (verification: VerificationDraft, preset: Verification): boolean =>
  Object.entries(preset).every(([key, value]) => (verification as Record<string, unknown>)[key] === value);

function SchemeFields({ scheme }: { scheme: Verification["scheme"] }) {
  const at = (field: string) => `body.verification.${field}`;
  switch (scheme) {
    case "shared_secret":
      return (
        <div className="trig-two">
          <SelectAt path={at("place")} label="Where it stands">
            <option value="header">Header</option>
            <option value="query">Query parameter</option>
          </SelectAt>
          <TextAt path={at("name")} label="Name" mono placeholder="X-Webhook-Secret" />
        </div>
      );
    case "basic":
      return <TextAt path={at("username")} label="Username" mono hint="The password is the secret below." />;
    case "hmac":
      return <HmacFields />;
    case "standard_webhooks":
      return (
        <p className="ui-hint">
          Headers <code>webhook-id</code>, <code>webhook-timestamp</code> and <code>webhook-signature</code>; a secret looks like{" "}
          <code>whsec_…</code>. Times may be 5 minutes off.
        </p>
      );
    case "jwt":
      return (
        <>
          <div className="trig-two">
            <TextAt path={at("header")} label="Header of the token" mono hint="“Bearer” before it is left out." />
            <TextAt path={at("jwksUrl")} label="JWKS URL" mono placeholder="https://api.example.com/.well-known/jwks.json" />
            <TextAt path={at("issuer")} label="Issuer (iss)" mono hint="Fill in this or the audience: large senders sign for everybody." />
            <TextAt path={at("audience")} label="Audience (aud)" mono />
          </div>
          <TextAt
            path={at("bodyHashClaim")}
            label="Claim with the body’s SHA-256"
            mark="Optional"
            mono
            hint="Without it the token alone counts, not what it came with."
          />
        </>
      );
    case "ip":
      return <p className="ui-hint">Nothing but the address counts: write the sender’s networks below.</p>;
    default:
      return null;
  }
}

function HmacFields() {
  const { form } = useTrigger();
  const verification = useWatch({ control: form.control, name: "body.verification" });
  const at = (field: string) => `body.verification.${field}`;
  const isPairs = verification.scheme === "hmac" && verification.format === "pairs";
  const signed = verification.scheme === "hmac" ? verification.signed : "";
  return (
    <>
      <div className="trig-three">
        <SelectAt path={at("algorithm")} label="Algorithm">
          {HMAC_ALGORITHMS.map((algorithm) => (
            <option key={algorithm} value={algorithm}>
              {algorithm.toUpperCase().replace("SHA", "SHA-")}
            </option>
          ))}
        </SelectAt>
        <SelectAt path={at("encoding")} label="Encoding">
          {SIGNATURE_ENCODINGS.map((encoding) => (
            <option key={encoding}>{encoding}</option>
          ))}
        </SelectAt>
        <SelectAt path={at("format")} label="The header holds">
          <option value="plain">One signature</option>
          <option value="pairs">Pairs, as t=…,v1=…</option>
        </SelectAt>
        <TextAt path={at("header")} label="Signature header" mono />
        {isPairs ? (
          <>
            <TextAt path={at("signatureKey")} label="Key of the signature" mono />
            <TextAt path={at("timestampKey")} label="Key of the time" mono />
          </>
        ) : (
          <TextAt path={at("prefix")} label="Prefix" mark="Optional" mono placeholder="sha256=" />
        )}
      </div>
      <TextAt
        path={at("signed")}
        label="Signed string"
        mono
        hint={
          <>
            Made of <code>{"{body}"}</code> <code>{"{timestamp}"}</code> <code>{"{id}"}</code> <code>{"{method}"}</code>{" "}
            <code>{"{url}"}</code>.
          </>
        }
      />
      <div className="trig-three">
        {signed.includes("{timestamp}") && !isPairs && <TextAt path={at("timestampHeader")} label="Header of the time" mono />}
        {signed.includes("{id}") && <TextAt path={at("idHeader")} label="Header of the id" mono />}
        {signed.includes("{timestamp}") && (
          <NumberAt path={at("tolerance")} label="Time may be off" unit="s" min={0} max={86_400} hint="0 doesn’t ask: replays pass." />
        )}
        <SelectAt path={at("secretEncoding")} label="The secret is written as">
          {SECRET_ENCODINGS.map((encoding) => (
            <option key={encoding}>{encoding}</option>
          ))}
        </SelectAt>
      </div>
    </>
  );
}

/** May be asked beside every scheme. */
function Networks() {
  const { id, value, set, leave, error } = useTriggerField<string[]>("body.networks");
  const networks = value ?? [];
  return (
    <Disclosure title={<span className="text-13">Only from some addresses{networks.length > 0 && ` (${networks.length})`}</span>}>
      <Field
        id={id}
        className="mt-3"
        label="Allowed networks"
        mark="Optional"
        error={error}
        hint="One a line, such as 192.0.2.0/24. Empty: from everywhere."
      >
        <Textarea
          mono
          rows={3}
          value={networks.join("\n")}
          onChange={(event) => set(event.target.value === "" ? [] : event.target.value.split("\n"))}
          onBlur={() => {
            set(networks.map((network) => network.trim()).filter(Boolean));
            leave();
          }}
        />
      </Field>
    </Disclosure>
  );
}
