/** Every address of the dashboard and of the machine API, built in one place. Pure: no environment. */

export const signInPath = () => "/sign-in";
export const setupPath = () => "/setup";
export const invitationPath = (token: string) => `/invitation/${token}`;

export const accountPath = () => "/account";

export const projectsPath = () => "/projects";
export const projectPath = (projectId: string) => `/projects/${projectId}`;

/** A project's first page. The range is one of lib/activity/words. */
export const overviewPath = (projectId: string, range?: string) => `/projects/${projectId}/overview${range ? `?range=${range}` : ""}`;

export const resourcesPath = (projectId: string) => `/projects/${projectId}/resources`;
export const resourcePath = (projectId: string, resourceId: string) => `${resourcesPath(projectId)}/${resourceId}`;
export const resourceTabPath = (
  projectId: string,
  resourceId: string,
  tab: "overview" | "setup" | "triggers" | "users" | "activity" | "code" | "revisions",
) => (tab === "overview" ? resourcePath(projectId, resourceId) : `${resourcePath(projectId, resourceId)}/${tab}`);

/** Of triggers' own pages; they are listed on their resource. */
export const triggersPath = (projectId: string) => `/projects/${projectId}/triggers`;
export const triggerPath = (projectId: string, triggerId: string, tab: "overview" | "users" | "deliveries" = "overview") =>
  `${triggersPath(projectId)}/${triggerId}${tab === "overview" ? "" : `/${tab}`}`;
/** `delivery` is its key (`writeActivityKey` of lib/activity/words). */
export const deliveryPath = (projectId: string, triggerId: string, delivery: string) =>
  `${triggerPath(projectId, triggerId, "deliveries")}?open=${delivery}`;

/** The wizard's steps; `webhook` is the request that tells the API, or the URL to copy. */
export const TRIGGER_STEPS = ["basics", "webhook", "verification", "events", "listen"] as const;
export type TriggerStep = (typeof TRIGGER_STEPS)[number];
export const triggerStepPath = (projectId: string, triggerId: string, step: TriggerStep) =>
  `${triggerPath(projectId, triggerId)}/setup/${step}`;

/** `open` is the key of a row (lib/activity/words), `q` a request id or part of a path. */
export const activityPath = (
  projectId: string,
  query: Partial<Record<"user" | "resource" | "kind" | "status" | "q" | "open", string>> = {},
) => {
  const search = new URLSearchParams(query).toString();
  return `/projects/${projectId}/activity${search && `?${search}`}`;
};

export const SETUP_STEPS = ["api-info", "authorization", "request-details", "test-and-publish"] as const;
export type SetupStep = (typeof SETUP_STEPS)[number];
export const setupStepPath = (projectId: string, resourceId: string, step: SetupStep) =>
  `${resourcePath(projectId, resourceId)}/setup/${step}`;

/** Where the wizard's last step sends what makes real calls. */
export type SetupCall = "test" | "drill" | "find-combination";
export const setupCallPath = (projectId: string, resourceId: string, call: SetupCall) =>
  `${resourcePath(projectId, resourceId)}/setup/${call}`;

export const workflowsPath = (projectId: string) => `/projects/${projectId}/workflows`;
/** The editor. */
export const workflowPath = (projectId: string, workflowId: string) => `${workflowsPath(projectId)}/${workflowId}`;
/** Where the editor sends a test of one step. */
export const stepTestPath = (projectId: string, workflowId: string) => `${workflowPath(projectId, workflowId)}/test-step`;

/** All runs of a project; `workflow` narrows it to those of one. */
export const runsPath = (projectId: string, query: Partial<Record<"workflow" | "status" | "user", string>> = {}) => {
  const search = new URLSearchParams(query).toString();
  return `${workflowsPath(projectId)}/runs${search && `?${search}`}`;
};
/** `run` is its id or, quicker to find, its key (`writeActivityKey` of lib/activity/words); `step` one of its steps ("<step>/<item>"). */
export const runPath = (projectId: string, run: string, step?: string | null) =>
  `${runsPath(projectId)}/${run}${step ? `?step=${encodeURIComponent(step)}` : ""}`;

export const usersPath = (projectId: string) => `/projects/${projectId}/users`;
export const userPath = (projectId: string, userId: string) => `${usersPath(projectId)}/${userId}`;

export const settingsRootPath = (projectId: string) => `/projects/${projectId}/settings`;
export const settingsPath = (projectId: string, page: "general" | "members" | "sdk-setup" | "secrets") =>
  `${settingsRootPath(projectId)}/${page}`;

/** The page of secrets with the dialog that adds one by this name. */
/** Opens the question under which name a deleted resource comes back. */
export const restoreResourcePath = (projectId: string, resourceId: string) => `${settingsPath(projectId, "general")}?restore=${resourceId}`;
export const newSecretPath = (projectId: string, name: string) => `${settingsPath(projectId, "secrets")}?new=${encodeURIComponent(name)}`;

/** Below an API base (`<dashboard>/api`, or the gateway's root). */
export const connectPath = (projectId: string, resourceId: string) => `/projects/${projectId}/sdk/resources/${resourceId}/connect`;
/** Where an app sends its App Events. */
export const eventsPath = (projectId: string) => `/projects/${projectId}/sdk/events/trigger`;
/** Where an app starts a workflow that begins with a Request. */
export const startWorkflowPath = (projectId: string, workflowId: string) => `/projects/${projectId}/sdk/triggers/${workflowId}`;
/** A trigger's webhook URL. The token is all that tells it from others: 256 bits. */
export const hookPath = (token: string) => `/hooks/${token}`;
