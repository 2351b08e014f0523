/** Below an API base. Its `resource` is a name or an id; `path` starts with a slash. */
export const proxiedPath = (projectId: string, resource: string, path: string) => `/projects/${projectId}/sdk/proxy/${resource}${path}`;
