import { type CallStory, formatDuration, KIND_LABELS, resourceOf, resultOf, SOURCE_LABELS, userOf } from "./call-words.ts";
import { causeOf, describeCall } from "./describe-call.ts";

/** A call as plain text, for the API's own support. What is kept was redacted where the call was made. */
export function formatCall(story: CallStory): string {
  const { row } = story;
  const { request, response } = row.detail ?? {};
  const { title, text } = describeCall(story);
  return [
    `${row.method ?? ""} ${row.path ?? ""}: ${resultOf(row)}, ${formatDuration(row.durationMs)}. Secrets are left out.`,
    "",
    `Time: ${row.at}`,
    `Kind: ${KIND_LABELS[row.kind]}, ${SOURCE_LABELS[row.source]}`,
    `Resource: ${resourceOf(row)}`,
    `User: ${userOf(row)}${row.externalId && row.userName !== row.externalId ? ` (${row.externalId})` : ""}`,
    ...(row.host ? [`Host: ${row.host}`] : []),
    ...(row.requestId ? [`Request id: ${row.requestId}`] : []),
    `Cause: ${causeOf(story).text}`,
    "",
    [title, text].filter(Boolean).join(" "),
    ...(request ? ["", `${request.method} ${request.url}`, ...request.headers.map(([name, value]) => `${name}: ${value}`)] : []),
    ...(request?.body ? ["", request.body] : []),
    ...(response ? ["", `${response.status} ${response.statusText}`, ...response.headers.map(([name, value]) => `${name}: ${value}`)] : []),
    ...(response?.body ? ["", response.body] : []),
  ].join("\n");
}

/** The request as a shell line, with dots where secrets were. */
export function formatCurl({ method, url, headers, body }: NonNullable<CallStory["row"]["detail"]>["request"]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    `curl ${method === "GET" && !body ? "" : `-X ${method} `}${quote(url)}`,
    ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body ? [`--data-raw ${quote(body)}`] : []),
  ].join(" \\\n  ");
}
