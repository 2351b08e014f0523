"use client";
import type { PreviewedRequest } from "#components/requests/build-preview.ts";
import { HttpPreview } from "#components/requests/http-preview.tsx";
import { JsonText } from "#components/requests/json-text.tsx";
import { usePreviewBuilder } from "#components/requests/use-preview-builder.ts";
import { WithCode } from "#components/requests/with-code.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import type { RequestTemplate, ResourceDraft } from "#lib/resources/schema.ts";
import { listVariables } from "#lib/template/parse-template.ts";
import type { TriggerForm } from "#lib/triggers/schema.ts";
import { DeliveryState } from "../delivery-state.tsx";
import { describeSignedEvent } from "./describe-signed-event.ts";
import { useTrigger } from "./setup-context.ts";

/** What the step at hand makes happen, as it is typed. */
export function TriggerPreview() {
  const { step } = useTrigger();
  return (
    <>
      <div className="mb-3 flex min-h-6.5 items-center gap-1.5">
        <h2 className="setup-preview-title">Preview</h2>
        <span className="ml-auto text-3">Updates as you type</span>
      </div>
      <div className="grid gap-3">
        {step === "webhook" && <Requests />}
        {step === "verification" && <SignedEvent />}
        {step === "events" ? <Events /> : <Course />}
      </div>
    </>
  );
}

/** From the API to a run, in the order that it happens. */
function Course() {
  const { draft, resource } = useTrigger();
  const { body } = draft;
  const steps = [
    body.creation === "request"
      ? `A user connects ${resource.name}, and a workflow that starts with this is on for them.`
      : `Somebody pastes ${body.level === "user" ? "the user’s own URL" : "the URL"} into ${resource.name}’s settings.`,
    ...(body.creation === "request"
      ? [`Patchbay tells ${resource.name} ${body.level === "user" ? "the user’s own URL" : "the URL"}.`]
      : []),
    `Something happens at ${resource.name}; it sends an event to that URL.`,
    body.verification.scheme === "none"
      ? "It is taken as it comes: nothing is verified."
      : "It is verified. What doesn’t pass is held for 72 h.",
    body.level === "user"
      ? "The URL says whose event it is."
      : body.user.by === "nobody"
        ? "It belongs to nobody: one run for the project."
        : "A field of it says whose event it is.",
    `Each workflow that starts with “${draft.name}” runs.`,
  ];
  return (
    <div className="section-rule">
      <h3>What will happen</h3>
      <ol className="trig-course">
        {steps.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ol>
    </div>
  );
}

const SETTINGS = { webhookURL: "https://your-patchbay.example/hooks/the-secret-part-of-the-url", webhookSecret: "the-trigger-secret" };

function Requests() {
  const { draft, resource } = useTrigger();
  const build = usePreviewBuilder();
  const { creation, subscription } = draft.body;
  if (creation !== "request") return null;
  if (!build) return <Skeleton className="h-30" />;
  const see = (request: TriggerForm["body"]["subscription"]["create"]): PreviewedRequest => {
    const definition: ResourceDraft = {
      ...resource.definition,
      test: { ...resource.definition.test, request: request as RequestTemplate },
    };
    return build(definition, samplesOf(resource.definition), { settings: SETTINGS, subscription: answerFor(request) }).call;
  };
  return (
    <>
      <Shown of={see(subscription.create)} title="Create" note="once a user" />
      {subscription.hasTeardown && <Shown of={see(subscription.teardown)} title="Teardown" note="when nothing wants it any more" />}
    </>
  );
}

/** Of the answer that the create request will get, what a request reads: each as its own name. */
function answerFor(request: object): unknown {
  const answer: Record<string, unknown> = {};
  for (const variable of listVariables(JSON.stringify(request))) {
    const [source, ...keys] = variable.split(".");
    const last = source === "subscription" ? keys.pop() : undefined;
    if (!last) continue;
    let at = answer;
    for (const key of keys) at = at[key] = (typeof at[key] === "object" && at[key] ? at[key] : {}) as Record<string, unknown>;
    at[last] = variable;
  }
  return answer;
}

const samplesOf = ({ inputs, apiKeys }: ResourceDraft) => ({
  plain: Object.fromEntries([
    ...inputs.filter(({ key, secret }) => key && !secret).map(({ key, placeholder }) => [key, placeholder || key]),
    ...apiKeys.filter(({ name, secret }) => name && !secret).map(({ name, placeholder }) => [name, placeholder || name]),
  ]),
  hints: {},
  secretNames: [],
});

function Shown({ of, title, note }: { of: PreviewedRequest; title: string; note: string }) {
  if ("problem" in of) {
    return (
      <figure className="ui-code" aria-label={title}>
        <div className="ui-code-head">
          <b>{title}</b>
        </div>
        <p className="req-preview-problem">
          <WithCode text={of.problem} />
        </p>
      </figure>
    );
  }
  const addressToCome = of.address === "missing" ? "API Base URL of the resource" : undefined;
  return <HttpPreview title={title} note={note} request={of.request} addressToCome={addressToCome} values={[SETTINGS.webhookURL]} />;
}

function SignedEvent() {
  const { draft, secrets } = useTrigger();
  const { headers, query, notes } = describeSignedEvent(draft.body.verification);
  const start = `POST /hooks/••••••${query}`;
  const code = [start, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
  const seen = secrets.find(({ lastSeenAt }) => lastSeenAt);
  return (
    <>
      <CodeBlock label="An event that passes" title="An event that passes" code={code} wrap copy={false}>
        <span className="tok-keyword">POST</span> /hooks/••••••{query}
        {"\n"}
        {headers.map(([name, value]) => (
          <span key={name}>
            <span className="tok-key">{name}</span>: {value}
            {"\n"}
          </span>
        ))}
      </CodeBlock>
      {notes.length > 0 && (
        <ul className="trig-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {seen && <p className="ui-hint">A secret of this trigger has verified events already.</p>}
    </>
  );
}

function Events() {
  const { heard, draft } = useTrigger();
  const { response } = draft.body;
  const [newest] = heard;
  const answer =
    response.kind === "custom"
      ? `${response.status}\nContent-Type: ${response.contentType}${response.headers.map(({ name, value }) => `\n${name}: ${value}`).join("")}${response.body ? `\n\n${response.body}` : ""}`
      : response.kind === "empty"
        ? "200\n(no body)"
        : response.what === "body"
          ? "200\n\n(the body, as it came)"
          : `200\n\n(the value of ${response.path || "?"} or ?${response.query}; without one: 200, no body)`;
  return (
    <>
      {newest ? (
        <figure className="ui-code" aria-label="Newest event">
          <div className="ui-code-head">
            <b>Newest event</b>
            <span className="ml-auto flex items-center gap-2 text-12">
              <DeliveryState status={newest.status} />
              <TimeOfDay date={newest.at} className="text-3" />
            </span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must reach what scrolls */}
          <pre className="trig-event" tabIndex={0}>
            <JsonText text={JSON.stringify(newest.payload.body, null, 2) ?? ""} />
          </pre>
        </figure>
      ) : (
        <p className="text-2">No event has arrived yet. Once one has, its fields stand here, to map and to filter by.</p>
      )}
      <CodeBlock label="Answer" title="Answer" code={answer} wrap copy={false}>
        {answer}
      </CodeBlock>
    </>
  );
}
