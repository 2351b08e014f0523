"use client";

import { useWatch } from "react-hook-form";
import { WizardSection } from "#components/shell/wizard-shell.tsx";
import { QuietChoices } from "#components/ui/quiet-choices.tsx";
import type { TriggerDraft } from "#lib/triggers/schema.ts";
import { Pairs } from "./call-editor.tsx";
import { NumberAt, SelectAt, TemplateAt, TextAt } from "./fields.tsx";
import { useTrigger } from "./setup-context.ts";

const NEW: { [Kind in TriggerDraft["response"]["kind"]]: Extract<TriggerDraft["response"], { kind: Kind }> } = {
  empty: { kind: "empty" },
  echo: { kind: "echo", what: "field", path: "$.challenge", query: "challenge" },
  custom: { kind: "custom", status: 200, contentType: "application/json", headers: [], body: "" },
};

const EVENT_VARIABLES = [
  { name: "trigger.body", description: "The event’s body", secret: false, open: true },
  { name: "trigger.headers", description: "Its headers, in lower case", secret: false, open: true },
  { name: "trigger.query", description: "Its query", secret: false, open: true },
];

/** What the API is answered once the event is kept. */
export function ResponseSection() {
  const { form } = useTrigger();
  const response = useWatch({ control: form.control, name: "body.response" });
  const at = (field: string) => `body.response.${field}`;
  return (
    <WizardSection title="Response" text="Sent once the event is kept">
      <div className="stack">
        <QuietChoices
          legend="What the API is answered"
          name="response"
          value={response.kind}
          onChange={(event) => form.setValue("body.response", NEW[event.target.value as keyof typeof NEW], { shouldDirty: true })}
          choices={[
            { value: "empty", name: "Empty", text: "200 without a body: what most APIs want." },
            { value: "echo", name: "Echo", text: "Gives back what came, for APIs that check the URL by a challenge." },
            { value: "custom", name: "Custom", text: "Status, headers and body of your own." },
          ]}
        />
        {response.kind === "echo" && (
          <div className="trig-three">
            <SelectAt path={at("what")} label="Give back">
              <option value="field">One field</option>
              <option value="body">The whole body</option>
            </SelectAt>
            {response.what === "field" && (
              <>
                <TextAt path={at("path")} label="Field of a POST" mono placeholder="$.challenge" />
                <TextAt path={at("query")} label="Query parameter of a GET" mono placeholder="challenge" />
              </>
            )}
          </div>
        )}
        {response.kind === "custom" && (
          <>
            <div className="trig-two">
              <NumberAt path={at("status")} label="Status" min={200} max={299} hint="Any but 2xx makes the API send it again." />
              <TextAt path={at("contentType")} label="Content type" mono />
            </div>
            <Pairs path={at("headers")} what="Response header" add="Add response header" known={EVENT_VARIABLES} />
            <TemplateAt path={at("body")} label="Body" mark="Optional" known={EVENT_VARIABLES} rows={3} />
          </>
        )}
      </div>
    </WizardSection>
  );
}
