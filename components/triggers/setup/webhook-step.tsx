"use client";

import { useWatch } from "react-hook-form";
import { WizardHead, WizardSection } from "#components/shell/wizard-shell.tsx";
import { Note } from "#components/ui/note.tsx";
import { CallEditor } from "./call-editor.tsx";
import { TextAt, useTriggerField } from "./fields.tsx";
import { useTrigger } from "./setup-context.ts";
import { UrlPart } from "./url-part.tsx";

/** The requests that tell the API and take it back; or the URL to copy. */
export function WebhookStep() {
  const { form } = useTrigger();
  const creation = useWatch({ control: form.control, name: "body.creation" });
  return creation === "request" ? <Requests /> : <ByHand />;
}

function ByHand() {
  const { form, resource } = useTrigger();
  const level = useWatch({ control: form.control, name: "body.level" });
  return (
    <>
      <WizardHead title="Webhook URL">
        {level === "app"
          ? `One URL for all users. Paste it where ${resource.name} asks for a webhook.`
          : `Each user has a URL of their own, the same every time. It goes where ${resource.name} asks that user for a webhook.`}
      </WizardHead>
      <UrlPart />
      <ol className="trig-how">
        <li>Copy the URL.</li>
        <li>Add a webhook in {resource.name}’s own settings, for the events that this trigger is about.</li>
        <li>Where they show a secret for it, keep it for the next step.</li>
      </ol>
    </>
  );
}

function Requests() {
  const { resource } = useTrigger();
  const { value: hasTeardown, set } = useTriggerField<boolean>("body.subscription.hasTeardown");
  return (
    <>
      <WizardHead title="Request">
        How {resource.name} is told, once a user, with the resource’s own authentication. <code>{"{{settings.webhookURL}}"}</code> is the
        URL that events go to.
      </WizardHead>
      {!resource.isLive && (
        <Note tone="warning" title={`${resource.name} isn’t published.`} className="mb-4">
          The requests are made from its live revision: none is sent before.
        </Note>
      )}
      <section aria-label="Create request">
        <h2 className="mb-2">Create request</h2>
        <CallEditor path="body.subscription.create" what="Create" />
      </section>
      <WizardSection title="Teardown request" text="When no workflow wants the events any more, or the user disconnects.">
        <label className="mb-3 flex items-center gap-2">
          <input type="checkbox" className="ui-checkbox" checked={hasTeardown} onChange={(event) => set(event.target.checked)} />
          Send a teardown request
        </label>
        {hasTeardown ? (
          <>
            <CallEditor path="body.subscription.teardown" what="Teardown" />
            <p className="ui-hint mt-2">
              <code>{"{{subscription.id}}"}</code> and the like read the answer of the create request.
            </p>
          </>
        ) : (
          <p className="ui-hint">Without one the API goes on sending; its events are answered 404.</p>
        )}
      </WizardSection>
      <WizardSection title="Secret in the answer" mark="Optional" text="Some APIs make a secret for each webhook and answer with it.">
        <TextAt
          path="body.subscription.secretPath"
          label="JSON path of the secret"
          mono
          placeholder="$.secret"
          hint="Events of each subscription are then verified with its own secret, and none is asked for in the next step."
        />
      </WizardSection>
    </>
  );
}
