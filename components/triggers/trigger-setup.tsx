"use client";

import { useState } from "react";
import { type Resolver, useForm } from "react-hook-form";
import { FormFailure } from "#components/auth/form-failure.tsx";
import { useActionForm } from "#components/auth/use-action-form.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { Note } from "#components/ui/note.tsx";
import { toast } from "#components/ui/toast.tsx";
import { setupStepPath } from "#lib/paths.ts";
import type { VariableCatalog } from "#lib/template/variables.ts";
import type { TriggerDraft, TriggerProblem } from "#lib/triggers/schema.ts";
import { CreationSection } from "./creation-section.tsx";
import { DedupeSection } from "./dedupe-section.tsx";
import { fieldId, TextAt } from "./fields.tsx";
import { FilterSection } from "./filter-section.tsx";
import { ListenPanel } from "./listen-panel.tsx";
import { ResponseSection } from "./response-section.tsx";
import {
  type CapturedSample,
  type HeardEvent,
  type ShownSecret,
  type TriggerActions,
  type TriggerForm,
  TriggerProvider,
} from "./trigger-context.ts";
import { UrlCard } from "./url-card.tsx";
import { UserSection } from "./user-section.tsx";
import { VerificationSection } from "./verification-section.tsx";

// The form begins with a whole draft: what the schema would fill in is there.
const resolver = lazyResolver(async () => (await import("#lib/triggers/schema.ts")).TriggerForm) as Resolver<TriggerForm>;

export interface TriggerSetupProps {
  projectId: string;
  resource: { id: string; name: string };
  trigger: {
    id: string;
    name: string;
    version: number;
    body: TriggerDraft;
    problems: readonly TriggerProblem[];
    url: string;
    hasTestCredential: boolean;
  };
  secrets: readonly ShownSecret[];
  known: { create: VariableCatalog; teardown: VariableCatalog };
  /** What arrived before the page was opened. */
  heard: readonly HeardEvent[];
  mayEdit: boolean;
  actions: TriggerActions;
}

/** Everything that a trigger is, on one page, and beside it the URL and what arrives there. */
export function TriggerSetup({ projectId, resource, trigger, secrets, known, heard: first, mayEdit, actions }: TriggerSetupProps) {
  const form = useForm<TriggerForm>({ resolver, defaultValues: { name: trigger.name, body: trigger.body } });
  const [heard, setHeard] = useState(first);
  const [saved, setSaved] = useState<{ version: number; problems: readonly TriggerProblem[] } | null>(null);
  const version = Math.max(saved?.version ?? 0, trigger.version);
  // What the server said last: a secret that was set answers with the page, a save with the trigger.
  const problems = saved && saved.version > trigger.version ? saved.problems : trigger.problems;
  const { submit, failure, busy } = useActionForm(
    form,
    (values) => actions.save({ projectId, triggerId: trigger.id, version, ...values }),
    (data) => {
      setSaved(data);
      form.reset(form.getValues());
      toast.success(
        data.ready
          ? { title: "Trigger saved", text: "It holds from the next event on." }
          : { title: "Saved, not ready yet", text: `${countProblems(data.problems)} before it takes events.` },
      );
    },
  );
  const { isDirty } = form.formState;
  const samples: CapturedSample[] = heard.filter(({ status }) => status !== "refused");
  const setup = { projectId, triggerId: trigger.id, form, problems, mayEdit, known, secrets, samples, actions };
  return (
    <TriggerProvider value={setup}>
      <form className="trig-setup" onSubmit={submit} noValidate>
        <div className="stack min-w-0">
          {!trigger.hasTestCredential && (
            <Note
              tone="warning"
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
          <FormFailure failure={failure} />
          <Card title="Name">
            <TextAt path="name" label="Name" maxLength={64} hint={`Stands under “${resource.name} Triggers” in the workflow editor.`} />
          </Card>
          <CreationSection />
          <VerificationSection />
          <UserSection />
          <FilterSection />
          <DedupeSection />
          <ResponseSection />
          {mayEdit && <SaveBar busy={busy} isDirty={isDirty} problems={problems} />}
        </div>
        <aside className="trig-aside" aria-label="URL and events">
          <UrlCard url={trigger.url} />
          <ListenPanel heard={heard} onHeard={setHeard} />
        </aside>
      </form>
    </TriggerProvider>
  );
}

interface SaveBarProps {
  busy: boolean;
  isDirty: boolean;
  problems: readonly TriggerProblem[];
}

/** Saves, and links to what keeps the trigger from taking events. */
function SaveBar({ busy, isDirty, problems }: SaveBarProps) {
  return (
    <div className="trig-save">
      <Button type="submit" variant="primary" busy={busy} busyLabel="Saving…">
        Save
      </Button>
      <p className="text-12 text-2" role="status">
        {isDirty
          ? "Changes aren’t saved yet."
          : problems.length === 0
            ? "Live: it takes events."
            : `${countProblems(problems)} before it takes events:`}
      </p>
      {!isDirty && problems.length > 0 && (
        <ul>
          {problems.slice(0, 5).map(({ path, message }) => (
            <li key={path}>
              <a href={`#${fieldId(["name", "secret"].includes(path) ? path : `body.${path}`)}`}>{message}</a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export const countProblems = (problems: readonly TriggerProblem[]): string =>
  problems.length === 1 ? "1 thing to fix" : `${problems.length} things to fix`;
