"use client";

import { useState } from "react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { IdRow, KeyValues } from "#components/ui/key-values.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { triggerPath, triggerStepPath, workflowPath, workflowsPath } from "#lib/paths.ts";
import type { TriggerDraft, TriggerProblem } from "#lib/triggers/schema.ts";
import { needsSecret } from "#lib/triggers/words.ts";
import { describeTrigger } from "./describe-trigger.ts";
import type { HeardEvent, Listen } from "./heard-events.ts";
import { ListenPanel } from "./listen-panel.tsx";
import { type SecretActions, SecretsOfTrigger, type ShownSecret } from "./secrets-of-trigger.tsx";
import { fieldId } from "./setup/setup-context.ts";
import { stepLabel, stepOfProblem } from "./setup/trigger-steps.ts";

export interface TriggerOverviewProps {
  projectId: string;
  trigger: {
    id: string;
    version: number;
    /** What holds. */
    body: TriggerDraft;
    hasDraft: boolean;
    isFinished: boolean;
    isReady: boolean;
    /** Of what was typed last. */
    problems: readonly TriggerProblem[];
    /** Of app-level triggers, and only for those who may edit. */
    url: string;
    /** Those that start with it. */
    workflows: readonly { id: string; name: string; isEnabled: boolean }[];
  };
  secrets: readonly ShownSecret[];
  heard: readonly HeardEvent[];
  mayEdit: boolean;
  maySetSecrets: boolean;
  actions: SecretActions & {
    listen: Listen;
    discard: (values: { projectId: string; triggerId: string; version: number }) => Promise<ActionResult<void>>;
  };
}

/** What a trigger is, part by part, with the step that edits each; its secrets, and what arrives. */
export function TriggerOverview({ projectId, trigger, secrets, heard: first, mayEdit, maySetSecrets, actions }: TriggerOverviewProps) {
  const [heard, setHeard] = useState(first);
  const { body } = trigger;
  const { scheme } = body.verification;
  const label = scheme === "basic" ? "Password" : "Secret";
  return (
    <div className="trig-overview">
      <div className="stack min-w-0">
        <State projectId={projectId} trigger={trigger} mayEdit={mayEdit} discard={actions.discard} />
        {describeTrigger(body).map(({ step, title, fields }) => (
          <Card
            key={step}
            title={title}
            actions={
              mayEdit && (
                <ButtonLink
                  size="small"
                  variant="ghost"
                  href={triggerStepPath(projectId, trigger.id, step)}
                  aria-label={`Edit ${stepLabel(step, body)}`}
                >
                  Edit
                </ButtonLink>
              )
            }
          >
            <KeyValues
              items={fields.map(({ label: name, value, isCode }) => ({
                name,
                value: isCode ? (
                  <code className="[overflow-wrap:anywhere]">{value}</code>
                ) : (
                  <span className="[overflow-wrap:anywhere]">{value}</span>
                ),
              }))}
            />
            {step === "verification" && scheme === "none" && (
              <Note tone="warning" className="mt-3" title="Anyone who learns the URL can send events.">
                Choose what the API signs or sends.
              </Note>
            )}
            {step === "verification" && needsSecret(scheme) && (
              <div className="section-rule">
                <SecretsOfTrigger
                  projectId={projectId}
                  triggerId={trigger.id}
                  label={label}
                  secrets={secrets}
                  maySet={maySetSecrets}
                  isGiven={body.creation === "request" && body.subscription.secretPath !== ""}
                  actions={actions}
                />
              </div>
            )}
          </Card>
        ))}
      </div>
      <aside className="trig-aside" aria-label="URL and events">
        <Card title="Webhook URL">
          <Url projectId={projectId} trigger={trigger} mayEdit={mayEdit} />
        </Card>
        <Card title="Workflows">
          {trigger.workflows.length === 0 ? (
            <p className="text-2">
              None starts with it yet. Choose it as the trigger of one in <Link href={workflowsPath(projectId)}>Workflows</Link>.
            </p>
          ) : (
            <ul>
              {trigger.workflows.map(({ id, name, isEnabled }) => (
                <li key={id}>
                  <Link href={workflowPath(projectId, id)}>{name}</Link>
                  {!isEnabled && <span className="text-3"> is off</span>}
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card
          title="Events"
          actions={
            <Link className="text-12" href={triggerPath(projectId, trigger.id, "deliveries")}>
              All deliveries
            </Link>
          }
        >
          <ListenPanel projectId={projectId} triggerId={trigger.id} heard={heard} onHeard={setHeard} listen={actions.listen} />
        </Card>
      </aside>
    </div>
  );
}

function Url({ projectId, trigger: { id, body, url }, mayEdit }: Pick<TriggerOverviewProps, "projectId" | "trigger" | "mayEdit">) {
  if (body.level === "app") {
    return url ? <IdRow name="For all users" value={url} /> : <p className="text-3">Shown to editors and admins.</p>;
  }
  if (body.creation === "request") {
    return (
      <p className="text-2">
        Each user’s own is sent to the API by itself. <Link href={triggerPath(projectId, id, "users")}>Connected Users</Link> says how it
        went.
      </p>
    );
  }
  return (
    <p className="text-2">
      Each user has a URL of their own, the same every time.{" "}
      {mayEdit && <Link href={triggerStepPath(projectId, id, "webhook")}>Show one</Link>}
    </p>
  );
}

type StateProps = Pick<TriggerOverviewProps, "projectId" | "trigger" | "mayEdit"> & { discard: TriggerOverviewProps["actions"]["discard"] };

/** What keeps it from taking events, or what waits for Finish, with the links that go there. */
function State({ projectId, trigger, mayEdit, discard }: StateProps) {
  const { id, version, problems, hasDraft, isFinished, isReady } = trigger;
  const [busy, setBusy] = useState(false);
  const drop = async () => {
    setBusy(true);
    const result = await discard({ projectId, triggerId: id, version }).catch(() => null);
    setBusy(false);
    if (result?.ok) toast.success({ title: "Changes dropped" });
    else toast.error({ title: "Nothing was dropped", text: result?.error.message ?? "The server can’t be reached. Try again." });
  };
  if (isFinished && isReady && !hasDraft) return null;
  const links = problems.length > 0 && (
    <ul className="trig-missing">
      {problems.map(({ path, message }) => (
        <li key={path}>
          {mayEdit ? <a href={`${triggerStepPath(projectId, id, stepOfProblem(path))}#${fieldId(path)}`}>{message}</a> : message}
        </li>
      ))}
    </ul>
  );
  const toSetup = mayEdit && (
    <ButtonLink size="small" href={triggerStepPath(projectId, id, problems[0] ? stepOfProblem(problems[0].path) : "listen")}>
      {isFinished ? "Open setup" : "Go on with setup"}
    </ButtonLink>
  );
  if (!isFinished) {
    return (
      <Note tone="warning" title="It isn’t set up yet, so no workflow can start with it." action={toSetup}>
        {problems.length > 0 ? "Missing:" : "Nothing is missing: see an event arrive, then choose Finish."}
        {links}
      </Note>
    );
  }
  if (!hasDraft) {
    return (
      <Note tone="danger" title="It takes no events: every one is refused and held for 72 h." action={toSetup}>
        {links}
      </Note>
    );
  }
  return (
    <Note
      tone={isReady ? "info" : "danger"}
      title={isReady ? "Changes wait for Finish." : "It takes no events, and changes wait for Finish."}
      action={
        mayEdit && (
          <span className="flex flex-wrap gap-2">
            <ButtonLink size="small" href={triggerStepPath(projectId, id, problems[0] ? stepOfProblem(problems[0].path) : "listen")}>
              Open setup
            </ButtonLink>
            <Button size="small" busy={busy} onClick={drop}>
              Drop the changes
            </Button>
          </span>
        )
      }
    >
      Below stands what holds now.
      {links}
    </Note>
  );
}
