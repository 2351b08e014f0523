import { type CallStory, type CallSummary, formatDuration, resourceOf, toneOf, userOf } from "./call-words.ts";

/** What happened, then what it means or what to do. */
export interface Happening {
  tone: "success" | "warning" | "danger";
  title: string;
  text: string;
}

/** The sentence above a call. Pure. */
export function describeCall({ row, sameRequest }: CallStory): Happening {
  const tone = toneOf(row);
  const failure = row.detail?.failure;
  if (failure) return { tone, title: failure.message, text: failure.fix };
  return { tone, ...(tone === "success" ? describeSuccess(row) : describeFailure(row, sameRequest)) };
}

type Words = Pick<Happening, "title" | "text">;

function describeSuccess(row: CallStory["row"]): Words {
  const who = userOf(row);
  switch (row.kind) {
    case "token":
      return { title: "A new access token was issued.", text: `Calls of ${ownerOf(row)} use it from here on.` };
    case "profile":
      return { title: "The user profile was read.", text: `It is kept beside the credential of ${ownerOf(row)}.` };
    case "verify":
      return { title: "The credential works.", text: `The saved test request answered ${row.status}.` };
    case "connect":
      if (row.method === "DELETE") return { title: `${who} disconnected.`, text: `The credential for ${apiOf(row)} is deleted.` };
      return { title: `${who} connected.`, text: `The credential for ${apiOf(row)} is stored.` };
    case "webhook":
      return { title: `${apiOf(row)} sent an event.`, text: "What became of it stands in the trigger’s Deliveries." };
    default:
      return { title: `${apiOf(row)} answered ${row.status} in ${formatDuration(row.durationMs)}.`, text: "" };
  }
}

function describeFailure(row: CallStory["row"], sameRequest: readonly CallSummary[]): Words {
  if (row.kind === "token") return describeTokenFailure(row);
  if (row.kind === "connect") {
    const isKept = sameRequest.some((other) => toneOf(other) !== "success");
    return {
      title: `The connect call was answered ${row.status}.`,
      text: isKept
        ? "A call that it needed failed: see below which."
        : "Its body or its user token didn’t fit. The caller was told what to change.",
    };
  }
  if (row.kind === "webhook")
    return {
      title: "An event was refused.",
      text: "It is kept for 72 h in the trigger’s Deliveries, with the reason: after a fix it can be released.",
    };
  if (row.status === null) return { title: `${apiOf(row)} gave no answer.`, text: "Nothing more is kept of it." };
  if (row.status >= 500) return { title: `${apiOf(row)} failed on its side, with ${row.status}.`, text: "The credential isn’t the cause." };
  switch (row.status) {
    case 401: {
      const wasRenewed = sameRequest.some(({ kind, status, failure }) => kind === "token" && !failure && status !== null && status < 400);
      return {
        title: `${apiOf(row)} refused the credential, with 401.`,
        text: wasRenewed
          ? "A new token was refused too: the user has to connect again."
          : "Where it can be renewed, the next call does so.",
      };
    }
    case 403:
      return { title: `${apiOf(row)} answered 403.`, text: "It knows the credential, but doesn’t allow it to do this." };
    case 404:
      return { title: `${apiOf(row)} answered 404.`, text: "Nothing is at this path, or this user may not see it." };
    case 429: {
      const wait = headerOf(row, "retry-after");
      return {
        title: `${apiOf(row)} asked to wait${wait && /^\d+$/.test(wait) ? ` ${wait} s` : ""}.`,
        text: "There were too many calls in too short a time.",
      };
    }
    default:
      return { title: `${apiOf(row)} didn’t accept the request, with ${row.status}.`, text: "Its answer says what it expects." };
  }
}

const TOKEN_FAILURES: Record<string, Words> = {
  invalid_grant: { title: "The refresh token isn’t valid any more.", text: "No retry helps: the user has to connect again." },
  invalid_client: {
    title: "The API doesn’t accept this client.",
    text: "Check Client ID and Client Secret of the resource, and how they travel.",
  },
  rate_limited: {
    title: "The token endpoint says there were too many calls.",
    text: "It is tried again later; a token that is still valid stays in use.",
  },
  server_error: { title: "The token endpoint failed.", text: "It is tried again later; a token that is still valid stays in use." },
  unreachable: { title: "The token endpoint gave no answer.", text: "It is tried again later; a token that is still valid stays in use." },
  no_token: { title: "The answer held no token.", text: "Check Token answer in the resource’s Authorization step." },
  not_understood: {
    title: "The answer was no token answer.",
    text: "Check the Access Token URL: it must be the token endpoint, not a page.",
  },
};

function describeTokenFailure({ status, failure }: CallSummary): Words {
  return (
    TOKEN_FAILURES[failure ?? ""] ?? {
      title: status === null ? "The token call got no answer." : `The token call was refused, with ${status}.`,
      text: "Its answer says why.",
    }
  );
}

const apiOf = (row: CallSummary): string => (row.resourceName ? resourceOf(row) : (row.host ?? "The API"));
const ownerOf = (row: CallSummary): string =>
  row.userName || row.userKind === "test" ? userOf(row).replace("Test user", "the test user") : "the app";

const headerOf = ({ detail }: CallStory["row"], wanted: string): string | undefined =>
  detail?.response?.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];

/** Why it was made, where no timeline says it. `by` is another row of the same request, for a link. */
export function causeOf({ row, sameRequest, cause }: CallStory): { text: string; by?: CallSummary } {
  const call = sameRequest.find(({ kind }) => kind === "call");
  const connect = sameRequest.find(({ kind }) => kind === "connect");
  const token = sameRequest.find(({ kind }) => kind === "token");
  if (row.kind === "connect") return { text: row.method === "DELETE" ? "The app’s disconnect call" : "The app’s connect call" };
  if (row.kind === "webhook") return { text: SOURCE_CAUSES.webhook };
  if (row.source === "connect" || connect) return { text: "Needed by the connect call", by: connect };
  if (row.kind === "token") {
    const said = cause?.replace(/\.$/, "");
    if (call?.status === 401) return { text: said ?? "Refreshed because a call was answered 401", by: call };
    if (call) return { text: said ?? "Refreshed for a call", by: call };
    if (said) return { text: said };
    return { text: SOURCE_CAUSES[row.source] };
  }
  if (row.kind === "call" && token) return { text: `${SOURCE_CAUSES[row.source]}, after a refresh`, by: token };
  return { text: cause && row.kind === "verify" ? cause : SOURCE_CAUSES[row.source] };
}

const SOURCE_CAUSES: Record<CallSummary["source"], string> = {
  sdk: "A request of the app, by SDK or REST",
  schedule: "The schedule",
  manual: "A member, by hand",
  connect: "A connect call",
  test: "Send Test Request in the setup",
  workflow: "A step of a workflow",
  webhook: "An event of the API",
};
