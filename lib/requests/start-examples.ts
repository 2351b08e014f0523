/**
 * How an app starts workflows for one user: by our client, by REST, and by the published client. Pure. Each runs as copied; the user
 * token comes from `USER_TOKEN`, as in code-examples.
 */
import { eventsPath, startWorkflowPath } from "#lib/paths.ts";
import { type CodeExample, json, openClient, openPublishedClient, shell } from "./code-examples.ts";

type Place = { projectId: string; apiUrl: string };

/** Sends an App Event. */
export function eventExamples({ name, payload, ...place }: Place & { name: string; payload: unknown }): CodeExample[] {
  const call = `event(${json(name)}, ${pretty(payload)});\n`;
  return [
    { language: "javascript", title: "JavaScript SDK", code: `${openClient(place)}\nawait patchbay.${call}` },
    { language: "curl", title: "cURL", code: curl({ ...place, path: eventsPath(place.projectId), body: { name, payload } }) },
    { language: "published-client", title: "@useparagon/connect", code: `${openPublishedClient(place)}\nawait paragon.${call}` },
  ];
}

export type RequestExample = Place & {
  workflowId: string;
  body: unknown;
  query: Record<string, string>;
  headers: Record<string, string>;
};

/** Starts a workflow that begins with a Request, and prints what its Response step answers. */
export function requestExamples({ workflowId, body, query, headers, ...place }: RequestExample): CodeExample[] {
  const asked = {
    ...(body === undefined ? {} : { body }),
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
  };
  const call = `workflow(${json(workflowId)}, ${pretty(asked)});\nconsole.log(answer);\n`;
  const search = new URLSearchParams(query).toString();
  const path = startWorkflowPath(place.projectId, workflowId) + (search && `?${search}`);
  return [
    { language: "javascript", title: "JavaScript SDK", code: `${openClient(place)}\nconst answer = await patchbay.${call}` },
    { language: "curl", title: "cURL", code: curl({ ...place, path, headers, body: body === undefined ? {} : body }) },
    {
      language: "published-client",
      title: "@useparagon/connect",
      code: `${openPublishedClient(place)}\nconst answer = await paragon.${call}`,
    },
  ];
}

const pretty = (value: unknown): string => json(value, null, 2);

/** A here-document takes the JSON as it is: a line of it is never the word JSON alone. */
function curl({ apiUrl, path, body, headers = {} }: Place & { path: string; body: unknown; headers?: Record<string, string> }): string {
  const lines = [
    ["Authorization", "Bearer $USER_TOKEN"],
    ["Content-Type", "application/json"],
    ...Object.entries(headers).map(([name, value]) => [name, shell(value)]),
  ];
  return `curl --fail-with-body --request POST \\
  "\${PATCHBAY_API_URL:-${shell(apiUrl)}}${shell(path)}" \\
${lines.map(([name, value]) => `  --header "${name}: ${value}" \\`).join("\n")}
  --data-binary @- <<'JSON'
${pretty(body)}
JSON
`;
}
