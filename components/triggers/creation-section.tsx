"use client";

import { useWatch } from "react-hook-form";
import { Card } from "#components/ui/card.tsx";
import { ChoiceCards } from "#components/ui/choice-card.tsx";
import type { TriggerCreation, TriggerLevel } from "#lib/triggers/words.ts";
import { CallEditor } from "./call-editor.tsx";
import { TextAt, useTriggerField } from "./fields.tsx";
import { useTrigger } from "./trigger-context.ts";

/** How the API learns the URL, and whether each user has one of their own. */
export function CreationSection() {
  const { form, mayEdit } = useTrigger();
  const level = useWatch({ control: form.control, name: "body.level" });
  const creation = useWatch({ control: form.control, name: "body.creation" });
  const setLevel = (next: TriggerLevel) => {
    form.setValue("body.level", next, { shouldDirty: true });
    form.setValue("body.user", next === "user" ? { by: "url" } : { by: "user_id", path: "" }, { shouldDirty: true });
  };
  return (
    <Card title="Where events come from">
      <div className="stack">
        <ChoiceCards
          legend="How the API is told the URL"
          hideLegend={false}
          name="creation"
          disabled={!mayEdit}
          value={creation}
          onChange={(event) => form.setValue("body.creation", event.target.value as TriggerCreation, { shouldDirty: true })}
          choices={[
            {
              value: "request",
              title: "By an API request",
              text: "Made by itself once a user has connected and a workflow that uses this is enabled; taken back after.",
            },
            { value: "manual", title: "By hand", text: "You or your user paste the URL into the API’s own settings." },
          ]}
        />
        <ChoiceCards
          legend="Whose events come in at one URL"
          hideLegend={false}
          name="level"
          disabled={!mayEdit}
          value={level}
          onChange={(event) => setLevel(event.target.value as TriggerLevel)}
          choices={[
            {
              value: "user",
              title: "User-level",
              text: "Each user has a URL of their own, which nobody can guess: it says whose event it is.",
            },
            { value: "app", title: "App-level", text: "One URL for all. A field of the event says whose it is." },
          ]}
        />
        {creation === "request" && <Subscription />}
      </div>
    </Card>
  );
}

function Subscription() {
  const { mayEdit } = useTrigger();
  const { value: hasTeardown, set } = useTriggerField<boolean>("body.subscription.hasTeardown");
  return (
    <>
      <section aria-label="Create request">
        <h3 className="mb-1">Create request</h3>
        <p className="ui-hint mb-2">
          With the resource’s own authentication. <code>{"{{settings.webhookURL}}"}</code> is the URL that events go to.
        </p>
        <CallEditor path="body.subscription.create" what="Create" />
      </section>
      <section aria-label="Teardown request">
        <label className="mb-2 flex items-center gap-2">
          <input
            type="checkbox"
            className="ui-checkbox"
            checked={hasTeardown}
            disabled={!mayEdit}
            onChange={(event) => set(event.target.checked)}
          />
          <b>Teardown request</b>
        </label>
        {hasTeardown ? (
          <>
            <p className="ui-hint mb-2">
              <code>{"{{subscription.id}}"}</code> and the like read the answer of the create request.
            </p>
            <CallEditor path="body.subscription.teardown" what="Teardown" />
          </>
        ) : (
          <p className="ui-hint">Without one the API goes on sending; its events are answered 404.</p>
        )}
      </section>
      <TextAt
        path="body.subscription.secretPath"
        label="Secret in the answer"
        mark="Optional"
        mono
        placeholder="$.secret"
        hint="Where the create request’s answer holds the secret that this subscription is signed with."
      />
    </>
  );
}
