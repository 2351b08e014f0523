"use client";

import { CircleCheck, CircleMinus, CircleX } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Status } from "#components/ui/status.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { TokenCheck } from "#lib/projects/user-token-checks.ts";
import { projectAudience } from "#lib/projects/user-token-claims.ts";
import { type UserTokenVerdict, verifyUserToken } from "#lib/projects/verify-user-token.ts";
import type { SdkSetupPageProps } from "./sdk-setup-page.tsx";
import { canMakeKeys, NO_WEB_CRYPTO, verifyWithWebCrypto } from "./web-crypto.ts";

type Props = Pick<SdkSetupPageProps, "project" | "keys">;

/** The checks of the machine doors, row by row, on a pasted token. */
export function TokenDoctor({ project, keys }: Props) {
  const [text, setText] = useState("");
  const token = text.trim().replace(/^Bearer\s+/i, "");
  const verdict = useVerdict(token, project, keys);
  return (
    <Card
      title="User token doctor"
      note="Checked in this browser. The token isn’t sent or kept."
      flush
      actions={
        <Button variant="ghost" size="small" onClick={() => setText("")}>
          Clear
        </Button>
      }
    >
      <div className="px-4 pt-3 pb-3">
        <Field label="User token" hideLabel>
          <Textarea
            mono
            rows={4}
            spellCheck={false}
            placeholder="Paste a user token: eyJhbGciOiJSUzI1NiIs…"
            className="break-all"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
      </div>
      <div role="status" className="px-4 pb-3 empty:hidden">
        {verdict && <Summary verdict={verdict} />}
        {token && !verdict && !canMakeKeys() && NO_WEB_CRYPTO}
      </div>
      {verdict && (
        <ul className="border-t border-line">
          {verdict.checks.map((check) => (
            <CheckRow key={check.id} check={check} projectId={project.id} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function useVerdict(token: string, project: Props["project"], keys: Props["keys"]): UserTokenVerdict | null {
  const [verdict, setVerdict] = useState<UserTokenVerdict | null>(null);
  const { id: projectId, requireAudience } = project;
  useEffect(() => {
    if (!token || !canMakeKeys()) return setVerdict(null);
    let isCurrent = true;
    const check = () =>
      void Promise.resolve(
        verifyUserToken({ token, projectId, requireAudience, keys, now: Date.now(), verifySignature: verifyWithWebCrypto }),
      ).then((next) => isCurrent && setVerdict(next));
    check();
    // A token ages while it is looked at.
    const timer = setInterval(check, 15_000);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [token, projectId, requireAudience, keys]);
  return verdict;
}

function Summary({ verdict: { ok, checks } }: { verdict: UserTokenVerdict }) {
  const looked = checks.filter((check) => check.status !== "skipped").length;
  const failed = checks.filter((check) => check.status === "failed").length;
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <Status tone={ok ? "success" : "danger"}>
        <b>{ok ? `All ${looked} checks passed` : `${failed} of ${looked} checks failed`}</b>
      </Status>
      <span className="text-3">{ok ? "Calls with this token are served." : "Calls with this token are answered 401."}</span>
    </span>
  );
}

const ICON = {
  passed: <CircleCheck aria-hidden className="icon-s mt-0.5 text-success" />,
  failed: <CircleX aria-hidden className="icon-s mt-0.5 text-danger" />,
  skipped: <CircleMinus aria-hidden className="icon-s mt-0.5 text-3" />,
};

function CheckRow({ check: { id, label, status, seen, fix }, projectId }: { check: TokenCheck; projectId: string }) {
  return (
    <li
      className="grid grid-cols-[14px_80px_minmax(0,1fr)] gap-x-3 border-t border-line px-4 py-2 first:border-t-0 data-[status=failed]:bg-danger-subtle"
      data-status={status}
      data-check={id}
    >
      {ICON[status]}
      <b>
        {label}
        <span className="sr-only">: {status}</span>
      </b>
      <div className="min-w-0">
        <p className={`break-words ${status === "skipped" ? "text-3" : ""}`}>{seen}</p>
        {fix && (
          <div className="flex flex-wrap items-center gap-2 text-12 text-2">
            <span className="break-words">{fix}</span>
            {id === "aud" && (
              <CopyButton variant="default" text={projectAudience(projectId)} label="Copy this project’s aud">
                Copy this project’s aud
              </CopyButton>
            )}
          </div>
        )}
      </div>
    </li>
  );
}
