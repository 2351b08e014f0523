"use client";

import { useWatch } from "react-hook-form";
import { WizardSection } from "#components/shell/wizard-shell.tsx";
import { QuietChoices } from "#components/ui/quiet-choices.tsx";
import type { TriggerDraft } from "#lib/triggers/schema.ts";
import { samplesOf } from "../heard-events.ts";
import { TextAt } from "./fields.tsx";
import { SampleTree } from "./sample-tree.tsx";
import { fieldId, useTrigger } from "./setup-context.ts";

/** Whose event it is. */
export function UserSection() {
  const { form, heard } = useTrigger();
  const level = useWatch({ control: form.control, name: "body.level" });
  const user = useWatch({ control: form.control, name: "body.user" });
  if (level === "user") {
    return (
      <WizardSection title="Which user">
        <p className="text-2">The URL says whose event it is: each user’s is their own.</p>
      </WizardSection>
    );
  }
  const path = user.by === "user_id" || user.by === "profile_id" ? user.path : "";
  const choose = (by: string) =>
    form.setValue("body.user", (by === "nobody" ? { by } : { by, path }) as TriggerDraft["user"], { shouldDirty: true });
  const [sample] = samplesOf(heard);
  return (
    <WizardSection title="Which user">
      <div className="stack">
        <div id={fieldId("user.by")}>
          <QuietChoices
            legend="How an event is mapped to a user"
            name="user-by"
            value={user.by}
            onChange={(event) => choose(event.target.value)}
            choices={[
              { value: "user_id", name: "User id", text: "A field holds the id that your app knows the user by." },
              {
                value: "profile_id",
                name: "Profile id",
                text: "A field holds the API’s own id of the user: it fires for all with that profile.",
              },
              { value: "nobody", name: "Nobody", text: "One run for the whole project." },
            ]}
          />
        </div>
        {user.by !== "nobody" && (
          <>
            <TextAt path="body.user.path" label="JSON path of the id" mono placeholder="$.account.id" />
            {sample ? (
              <div>
                <p className="ui-label mb-1">Or click it in the newest event</p>
                <SampleTree
                  label="Newest event"
                  value={sample.payload.body}
                  chosen={path}
                  onChoose={(next) => form.setValue("body.user.path", next, { shouldDirty: true })}
                />
              </div>
            ) : (
              <p className="ui-hint">Once an event has arrived, its fields can be clicked here.</p>
            )}
          </>
        )}
      </div>
    </WizardSection>
  );
}
