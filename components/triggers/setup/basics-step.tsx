"use client";

import { useWatch } from "react-hook-form";
import { WizardHead, WizardSection } from "#components/shell/wizard-shell.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { ChoiceCards } from "#components/ui/choice-card.tsx";
import { Note } from "#components/ui/note.tsx";
import { setupStepPath } from "#lib/paths.ts";
import type { TriggerCreation, TriggerLevel } from "#lib/triggers/words.ts";
import { TextAt, useTriggerField } from "./fields.tsx";
import { useTrigger } from "./setup-context.ts";

/** Its name, how the API learns the URL, and whether each user has one of their own. */
export function BasicsStep() {
  const { form, resource, projectId } = useTrigger();
  const level = useWatch({ control: form.control, name: "body.level" });
  const creation = useWatch({ control: form.control, name: "body.creation" });
  const { error: levelError, id: levelId } = useTriggerField("body.level");
  const isOfApp = resource.level === "app";
  const setLevel = (next: TriggerLevel) => {
    form.setValue("body.level", next, { shouldDirty: true });
    form.setValue("body.user", next === "user" ? { by: "url" } : isOfApp ? { by: "nobody" } : { by: "user_id", path: "" }, {
      shouldDirty: true,
    });
  };
  return (
    <>
      <WizardHead title="Basics">A trigger takes one kind of event of {resource.name}, and starts workflows with it.</WizardHead>
      {!resource.hasTestCredential && (
        <Note
          tone="warning"
          className="mb-4"
          title="This resource has no test credential."
          action={
            <ButtonLink size="small" href={setupStepPath(projectId, resource.id, "test-and-publish")}>
              Go to Resource Setup
            </ButtonLink>
          }
        >
          With one, requests and workflows that this trigger starts can be tried as the test user.
        </Note>
      )}
      <TextAt path="name" label="Name" maxLength={64} hint={`Stands under “${resource.name} Triggers” in the workflow editor.`} />
      <WizardSection title="How the API is told the URL">
        <ChoiceCards
          legend="How the API is told the URL"
          name="creation"
          value={creation}
          onChange={(event) => form.setValue("body.creation", event.target.value as TriggerCreation, { shouldDirty: true })}
          choices={[
            {
              value: "request",
              title: "By an API request",
              text: "Made by itself once a user has connected and a workflow that uses this is enabled; taken back after.",
              needs: "Needs: an endpoint of the API that takes webhooks",
            },
            {
              value: "manual",
              title: "By hand",
              text: "You or your user paste the URL into the API’s own settings.",
              needs: "Needs: somebody who may change them",
            },
          ]}
        />
      </WizardSection>
      <WizardSection title="Whose events come in at one URL">
        <div id={levelId}>
          <ChoiceCards
            legend="Whose events come in at one URL"
            name="level"
            value={level}
            onChange={(event) => setLevel(event.target.value as TriggerLevel)}
            choices={[
              {
                value: "user",
                title: "User-level",
                text: isOfApp
                  ? "An app-level resource has no users of its own to tell apart."
                  : "Each user has a URL of their own, which nobody can guess: it says whose event it is.",
                disabled: isOfApp && level !== "user",
              },
              { value: "app", title: "App-level", text: "One URL for all. A field of the event says whose it is." },
            ]}
          />
        </div>
        {levelError && (
          <p className="ui-hint mt-2" data-error="" role="alert">
            {levelError}
          </p>
        )}
      </WizardSection>
    </>
  );
}
