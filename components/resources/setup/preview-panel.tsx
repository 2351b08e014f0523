"use client";

import { KeyRound, RefreshCw, Timer } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import type { PreviewedRequest, PreviewValues } from "#components/requests/build-preview.ts";
import { HttpPreview } from "#components/requests/http-preview.tsx";
import { usePreviewBuilder } from "#components/requests/use-preview-builder.ts";
import { WithCode } from "#components/requests/with-code.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Rules } from "#components/ui/lane.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { PreviewPerson } from "#lib/users/schema.ts";
import { PreviewAsUser } from "./preview-as.tsx";
import { exampleOf } from "./sample-values.ts";
import { type Setup, useSetup } from "./setup-context.ts";
import { fieldsOf } from "./supplied-fields.ts";

/** What this definition sends, as it is typed. */
export function PreviewPanel() {
  const setup = useSetup();
  const { draft, step } = setup;
  const asId = useId();
  const [chosen, choose] = useState<As>("test");
  const [person, setPerson] = useState<PreviewPerson | null>(null);
  const build = usePreviewBuilder();
  const mayBeUser = draft.level === "user";
  // The level may have changed since: then nobody connects.
  const as = chosen === "user" && !mayBeUser ? "test" : chosen;
  const values = previewValues(setup, as, as === "user" ? person : null);
  const preview = build?.(draft, values);
  const chips = Object.values(values.plain);
  const hasValues = (draft.level !== "app" && draft.inputs.length > 0) || draft.apiKeys.length > 0;

  return (
    <>
      <div className="mb-3 flex min-h-6.5 items-center gap-1.5">
        <h2 className="setup-preview-title">Preview</h2>
        {hasValues || mayBeUser ? (
          <>
            <span className="ml-auto text-3" id={asId}>
              as
            </span>
            <Select size="small" aria-label="Preview as" value={as} onChange={(event) => choose(event.target.value as As)}>
              <option value="test">Test user</option>
              <option value="samples">Sample values</option>
              {mayBeUser && <option value="user">Connected user</option>}
            </Select>
          </>
        ) : (
          <span className="ml-auto text-3">Updates as you type</span>
        )}
      </div>
      {as === "user" && <PreviewAsUser onChoose={setPerson} />}
      {preview ? (
        <div className="grid gap-3">
          {step !== "request-details" || draft.level === "app" ? (
            <Shown
              of={preview.token}
              title="Token call"
              note={TOKEN_NOTES[draft.authType ?? ""]}
              toCome="Access Token URL"
              values={chips}
            />
          ) : null}
          {step === "authorization" && draft.authType && draft.authType !== "api_key" && <TokenAnswer />}
          {(step !== "authorization" || draft.authType === "api_key") && (
            <Shown of={preview.call} title="Each request" toCome="API Base URL, Request Details" values={chips} />
          )}
          {step === "request-details" && (
            <Shown
              of={preview.profile}
              title="Profile, at connect and checks"
              toCome="API Base URL"
              values={chips}
              hide={["accept", "authorization"]}
              foot={
                <>
                  <span className="tok-muted">saves</span>{" "}
                  {["id", ...draft.profile.fields.map(({ name }) => name)].map((name) => `profile.${name}`).join(", ")}
                </>
              }
            />
          )}
        </div>
      ) : (
        <div className="grid gap-3" aria-hidden>
          <Skeleton className="h-30" />
          <Skeleton className="h-30" />
        </div>
      )}
      {step === "request-details" ? <HostFacts /> : <AppSends />}
    </>
  );
}

const TOKEN_NOTES: Record<string, string> = {
  oauth2_refresh_token: "before expiry, or after a 401",
  oauth2_client_credentials: "at first use, and after expiry",
};

type ShownProps = {
  of: PreviewedRequest | null;
  title: string;
  note?: string;
  toCome: string;
  values: string[];
  hide?: string[];
  foot?: ReactNode;
};

function Shown({ of, title, note, toCome, values, hide, foot }: ShownProps) {
  if (!of) return null;
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
  return (
    <HttpPreview
      title={title}
      note={note}
      request={of.request}
      addressToCome={of.address === "missing" ? toCome : undefined}
      values={values}
      hide={hide}
      foot={foot}
    />
  );
}

type As = "test" | "samples" | "user";

function previewValues({ draft, testValues, secretNames }: Setup, as: As, person: PreviewPerson | null): PreviewValues {
  const { typed, kept } = testValues;
  const own = (key: string) => (as === "test" ? typed[key] || kept[key]?.value : person?.plain[key]);
  const inputs = draft.inputs.filter(({ key, secret }) => key && !secret).map((input) => [input.key, own(input.key) || exampleOf(input)]);
  const keys = draft.apiKeys
    .filter(({ name, secret }) => name && !secret)
    .map((key) => [key.name, own(key.name) || key.placeholder || key.name]);
  const hints = as === "test" ? Object.entries(kept).map(([key, { hint = "" }]) => [key, hint]) : [];
  return { plain: Object.fromEntries([...inputs, ...keys]), hints: Object.fromEntries(hints), secretNames, ...(person ? { person } : {}) };
}

function TokenAnswer() {
  const { draft } = useSetup();
  const { accessToken, refreshToken, lifetime, lifetimeUnit } = draft.oauth.response;
  const refreshes = draft.authType === "oauth2_refresh_token";
  const rules = [
    { key: "access", icon: <KeyRound aria-hidden />, text: ["Access token, from ", accessToken] },
    ...(refreshes
      ? [{ key: "refresh", icon: <RefreshCw aria-hidden />, text: ["Refresh token, replaces the old one when at ", refreshToken] }]
      : []),
    { key: "lifetime", icon: <Timer aria-hidden />, text: [`Lifetime in ${lifetimeUnit}, from `, lifetime] },
  ];
  return (
    <figure className="ui-code" aria-label="Read from the answer">
      <div className="ui-code-head">
        <b>Read from the answer</b>
      </div>
      <div className="px-3 py-2.5">
        <Rules
          rules={rules.map(({ key, icon, text }) => ({
            key,
            icon,
            tone: "idle",
            children: (
              <>
                {text[0]}
                <code>{text[1]}</code>
              </>
            ),
          }))}
        />
      </div>
    </figure>
  );
}

/** What stays fixed of the host, whatever users type. */
function HostFacts() {
  const { hosts } = useSetup();
  const { fixedSuffix, userValuesInHost } = hosts.request;
  const names = userValuesInHost.map((name) => name.replace(/^inputs\./, "")).join(", ");
  return (
    <KeyValues
      size="small"
      className="mt-4"
      items={[
        ...(fixedSuffix ? [{ name: "Fixed part", value: <code>{fixedSuffix}</code> }] : []),
        ...(names ? [{ name: "From users", value: <code>{names}</code> }] : []),
        { name: "Secrets", value: "Never shown here in full" },
      ]}
    />
  );
}

function AppSends() {
  const { draft, name } = useSetup();
  if (!draft.level || !draft.authType) return null;
  if (draft.level === "app") {
    return (
      <div className="section-rule">
        <h3>What your app will send</h3>
        <p className="mt-0.5 text-2">Nothing. One set of credentials serves all users, and Patchbay holds it.</p>
      </div>
    );
  }
  const fields = fieldsOf(draft);
  const code = `await paragon.connectAction(${JSON.stringify(name)}, {${fields.map(({ key, example }) => `\n  ${key}: ${JSON.stringify(example)}`).join(",")}${fields.length > 0 ? "\n" : ""}});`;
  return (
    <div className="section-rule">
      <h3>What your app will send</h3>
      <p className="mt-0.5 mb-2.5 text-2">Once per user, when they connect {name}.</p>
      <CodeBlock label="What your app will send" code={code} copy={false}>
        <span className="tok-keyword">await</span> paragon.connectAction(<span className="tok-string">{JSON.stringify(name)}</span>, {"{"}
        {fields.map(({ key, example }, index) => (
          <span key={key}>
            {`\n  ${key}: `}
            <span className="tok-string">{JSON.stringify(example)}</span>
            {index < fields.length - 1 && ","}
          </span>
        ))}
        {fields.length > 0 && "\n"}
        {"});"}
      </CodeBlock>
    </div>
  );
}
