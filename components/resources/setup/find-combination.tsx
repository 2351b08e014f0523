"use client";

import { CircleCheck, CircleX, Info, Search } from "lucide-react";
import { useState } from "react";
import { WithCode } from "#components/requests/with-code.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { Status } from "#components/ui/status.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Combination, CombinationTry } from "#lib/connections/schema.ts";
import { CallRefusal } from "./call-refusal.tsx";
import { isClientRefused } from "./is-client-refused.ts";
import { useSetup } from "./setup-context.ts";
import type { CombinationAnswer } from "./setup-types.ts";
import type { TestCalls } from "./use-test-calls.ts";

const CLIENT = { basic: "HTTP Basic header", body: "Request body", none: "Not sent" };
const describeWay = ({ clientAuthentication, bodyFormat }: Combination): string =>
  bodyFormat === "form"
    ? CLIENT[clientAuthentication]
    : clientAuthentication === "body"
      ? "JSON body"
      : `${CLIENT[clientAuthentication]}, JSON body`;

type Found = { tries: readonly CombinationTry[]; stopped?: string };

/** Offered once a token call was refused: which way of sending client and body the API takes, by trying. */
export function FindCombination({ calls }: { calls: TestCalls }) {
  const { draft, lastTest, clearTyped } = useSetup();
  const [found, setFound] = useState<Found>({ tries: [] });
  const [asking, setAsking] = useState(false);
  const isRunning = calls.running?.call === "find-combination";
  const refreshes = draft.authType === "oauth2_refresh_token";
  if (draft.authType === "api_key" || (!isClientRefused(draft, lastTest) && found.tries.length === 0)) return null;

  const find = async () => {
    setAsking(false);
    setFound({ tries: [] });
    const onEvent = (made: CombinationTry) => setFound(({ tries }) => ({ tries: [...tries, made] }));
    const answer = await calls.make<CombinationTry, CombinationAnswer>("find-combination", { onEvent, consents: refreshes });
    if (!answer) return;
    setFound(answer.report);
    // Where nothing was issued nothing was kept, and what is typed is still needed.
    if (answer.report.tries.some(({ state }) => state === "worked")) clearTyped();
  };
  return (
    <Card title="Find the working combination" note="How this API wants Client ID and Secret.">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-80 text-2">
          Tries HTTP Basic, the request body and a JSON body: at most 4 token calls, and it stops at the first that works.
        </p>
        <Button busy={isRunning} busyLabel="Trying…" onClick={() => (refreshes ? setAsking(true) : void find())}>
          <Search aria-hidden />
          Find the working combination
        </Button>
      </div>
      {calls.refusal?.call === "find-combination" && (
        <div className="mt-3">
          <CallRefusal message={calls.refusal.message} />
        </div>
      )}
      <Tries {...found} isRunning={isRunning} />
      <LateConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        danger={false}
        title="Try with the refresh token?"
        text="Each try sends the refresh token, and may use it up even where the answer is a refusal. What a try that works returns is kept here, sealed. If all are refused, a new token from the API may be needed."
        action="Try"
        onConfirm={() => void find()}
      />
    </Card>
  );
}

const STATES = {
  worked: { tone: "success", icon: <CircleCheck aria-hidden /> },
  accepted: { tone: "info", icon: <Info aria-hidden /> },
  refused: { tone: "danger", icon: <CircleX aria-hidden /> },
} as const;

function Tries({ tries, stopped, isRunning }: Found & { isRunning: boolean }) {
  const last = tries.at(-1);
  const usable = last && last.state !== "refused" ? last : undefined;
  return (
    <div role="status">
      {tries.length > 0 && (
        <ul className="setup-tries mt-3" aria-label="Ways that were tried">
          {tries.map((made) => (
            <li key={describeWay(made)}>
              <Status tone={STATES[made.state].tone} icon={STATES[made.state].icon}>
                <b>{describeWay(made)}</b>
              </Status>
              <span className="min-w-0 text-2">
                <WithCode text={made.message} />
              </span>
              <span className="text-12 text-3">{Math.round(made.durationMs)} ms</span>
              {made === usable && <UseThis way={made} />}
            </li>
          ))}
        </ul>
      )}
      {stopped && <p className="mt-2 text-2">{stopped}</p>}
      {!isRunning && last?.state === "refused" && !stopped && (
        <p className="mt-2 text-2">
          None of them works: so it’s Client ID, Client Secret or the Access Token URL. Check those, then test again.
        </p>
      )}
    </div>
  );
}

function UseThis({ way }: { way: Combination }) {
  const { draft, form } = useSetup();
  const isUsed = draft.oauth.clientAuthentication === way.clientAuthentication && draft.oauth.bodyFormat === way.bodyFormat;
  if (isUsed) return <Status tone="success">In use</Status>;
  const use = () => {
    form.setValue("oauth.clientAuthentication", way.clientAuthentication, { shouldDirty: true });
    form.setValue("oauth.bodyFormat", way.bodyFormat, { shouldDirty: true });
    toast.success({ title: describeWay(way), text: "Set. Send Test Request shows the whole way." });
  };
  return (
    <Button size="small" onClick={use}>
      Use this
    </Button>
  );
}
