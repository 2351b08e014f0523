import type { ReactNode } from "react";
import type { Attention } from "#lib/activity/list-attention.ts";
import { activityPath, resourceTabPath, runsPath, setupStepPath, triggerPath, usersPath } from "#lib/paths.ts";

export type Described = {
  tone: "danger" | "warning" | "info";
  title: string;
  text: ReactNode;
  since: string | null;
  action: { label: string; href: string };
};

const REASONS: Record<string, string> = {
  reconnect: "The API no longer accepts their refresh tokens.",
  refresh_failed: "Renewing their tokens failed for more than a day.",
  rejected: "The API refused their access tokens, and there is no refresh token to renew them.",
  verify_failed: "The API refused them when they were checked.",
  profile_failed: "Their user profile could not be read when they connected.",
  token_failed: "The token call failed when they connected.",
  auth_type: "The resource’s authentication type was changed after they connected.",
};

const OUTAGES: Record<string, string> = {
  unreachable: "The token endpoint can’t be reached.",
  server_error: "The token endpoint answers with 5xx.",
  rate_limited: "The token endpoint asks to slow down.",
};

/** Ends of calls that no answer of the API explains. */
const FAILURES: Record<string, string> = {
  timeout: "with a time-out",
  connect_timeout: "with a time-out",
  connect_refused: "since nothing listens there",
  reset: "with a broken connection",
  dns: "since the host has no address",
  tls: "with a TLS failure",
};

export const countWords = (count: number): string => (count > 1_000 ? "1,000+" : count.toLocaleString("en"));

const percent = (part: number, whole: number): string => {
  const share = (part / whole) * 100;
  return share > 0 && share < 1 ? "Under 1 %" : `${Math.round(share)} %`;
};

/** An item in words, with its next step. Pure. */
export function describeAttention(projectId: string, item: Attention): Described {
  if (item.kind === "runs_failed") {
    return {
      tone: "warning",
      title: `${countWords(item.count)} ${item.count === 1 ? "run" : "runs"} of “${item.workflow}” failed`,
      text: "Within the last 24 hours, after all their attempts. The newest one says at which step; runs can be replayed.",
      since: item.since,
      action: { label: "View runs", href: runsPath(projectId, { workflow: item.workflowId, status: "failed" }) },
    };
  }
  const { resourceId, resource } = item;
  const failedCalls = { label: "View calls", href: activityPath(projectId, { resource: resourceId, kind: "call", status: "error" }) };
  const users = (status: "invalid" | "pending") => ({
    label: "View users",
    href: `${usersPath(projectId)}?resource=${resourceId}&status=${status}`,
  });
  switch (item.kind) {
    case "client_refused":
      return {
        tone: "danger",
        title: `${resource} refuses its client`,
        text: `${countWords(item.count)} ${item.count === 1 ? "credential" : "credentials"} can’t be renewed. Correct Client ID and Client Secret; users have nothing to do.`,
        since: null,
        action: { label: "Open setup", href: setupStepPath(projectId, resourceId, "authorization") },
      };
    case "failing":
    case "degraded":
      return {
        tone: item.kind === "failing" ? "danger" : "warning",
        title: item.kind === "failing" ? `${resource} is failing` : `${resource} is degraded`,
        text: (
          <>
            {percent(item.failed, item.calls)} of calls fail{item.answer && <>, most {answerWords(item.answer)}</>}.{" "}
            {item.kind === "failing" && isTheirs(item.answer) && item.others
              ? "Other APIs answer, so this looks like an outage on their side."
              : "The newest failed calls show what came back."}
          </>
        ),
        since: item.since,
        action: failedCalls,
      };
    case "outage":
      return {
        tone: "danger",
        title: `${resource} can’t renew tokens`,
        text: `${OUTAGES[item.failure ?? ""] ?? "The token endpoint’s answers hold no token."} Tokens that still live stay in use, and nobody is asked to connect again.`,
        since: item.since,
        action: { label: "View refreshes", href: activityPath(projectId, { resource: resourceId, kind: "token", status: "error" }) },
      };
    case "app_credential":
      return {
        tone: "danger",
        title: item.status === null ? `${resource} has no credential` : `The credential of ${resource} doesn’t work`,
        text: "It serves all users: every call is refused until it is mended in Request Details.",
        since: null,
        action: { label: "Open setup", href: setupStepPath(projectId, resourceId, "request-details") },
      };
    case "invalid":
      return {
        tone: "danger",
        title: `${countWords(item.count)} ${resource} ${item.count === 1 ? "credential is" : "credentials are"} invalid`,
        text: `${REASONS[item.reason ?? ""] ?? "They don’t work any more."} These users need to connect again.`,
        since: item.since,
        action: users("invalid"),
      };
    case "deliveries_refused":
      return {
        tone: "warning",
        title: `${item.count >= 100 ? "100+" : item.count} ${resource} ${item.count === 1 ? "event is" : "events are"} held`,
        text: `Not verified at “${item.trigger}”. After a fix what is held can be released, within 72 hours of its arrival.`,
        since: null,
        action: { label: "View deliveries", href: `${triggerPath(projectId, item.triggerId, "deliveries")}?status=refused` },
      };
    case "pending":
      return {
        tone: "warning",
        title: `${countWords(item.count)} ${resource} ${item.count === 1 ? "user lacks" : "users lack"} an input`,
        text: "The resource asks for more than they have supplied. They need to connect again.",
        since: null,
        action: users("pending"),
      };
    case "draft":
      return {
        tone: "info",
        title: `${resource} isn’t live yet`,
        text: "Nobody can connect it until it is published with Finish.",
        since: item.since,
        action: { label: "Open draft", href: resourceTabPath(projectId, resourceId, "setup") },
      };
  }
}

/** Whether the failure is the API's own rather than of what it was asked. */
const isTheirs = (answer: string | null): boolean => answer !== null && (/^5\d\d$/.test(answer) || answer in FAILURES);

const answerWords = (answer: string): ReactNode =>
  /^\d+$/.test(answer) ? (
    <>
      with <code>{answer}</code>
    </>
  ) : (
    (FAILURES[answer] ?? `with “${answer.replaceAll("_", " ")}”`)
  );
