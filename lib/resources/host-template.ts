/**
 * The authority of an address, as written: `https://{{inputs.tenant}}.api.example:8443/v3` → `{{inputs.tenant}}.api.example:8443`,
 * lower case, without spaces. Empty while there is none. Read before any value lands, so that no value can move the border.
 */
export function hostTemplateOf(address: string): string {
  const scheme = /^\s*https?:\/\//i.exec(address);
  if (!scheme) return "";
  let depth = 0;
  let end = scheme[0].length;
  for (; end < address.length; end++) {
    if (address.startsWith("{{", end)) depth++;
    else if (address.startsWith("}}", end)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && "/?#\\".includes(address[end]!)) break;
  }
  return address.slice(scheme[0].length, end).replace(/\s+/g, "").toLowerCase();
}

type HostInputs = readonly { key: string; accepts: { kind: string; choices?: readonly string[] } }[];

/**
 * What a stored secret is bound to: the host as written, with the lists that choose in it. Whoever changes a list changes where the
 * address leads: `{{inputs.host}} (inputs.host: a.example, b.example)`.
 */
export function boundHostOf(address: string, inputs: HostInputs): string {
  const host = hostTemplateOf(address);
  const lists = inputs
    .filter(({ key, accepts }) => accepts.kind === "choices" && readsInput(host, key))
    .map(({ key, accepts }) => `inputs.${key}: ${accepts.choices?.join(", ")}`);
  return lists.length === 0 ? host : `${host} (${lists.join("; ")})`;
}

/** More than it reads is better than less: an input named in any way counts. */
const readsInput = (host: string, key: string): boolean => host.includes("{{") && host.includes(key.toLowerCase());

/** The hosts that a resource's own credential travels to: of the token call, if its type has one, and of the API. */
export function boundHostsOf(resource: {
  authType?: string;
  level?: string;
  inputs?: HostInputs;
  oauth?: { accessTokenUrl: string };
  request: { baseUrl: string };
}): string {
  const inputs = resource.level === "app" ? [] : (resource.inputs ?? []);
  const token = resource.authType !== "api_key" && resource.oauth ? [boundHostOf(resource.oauth.accessTokenUrl, inputs)] : [];
  return [...new Set([...token, boundHostOf(resource.request.baseUrl, inputs)])].join(" and ");
}

export const movedSecret = (was: string, is: string): string =>
  `The Client Secret was set for ${was || "another address"} and isn't sent to ${is || "this one"}. Type it again to confirm the new address.`;

export const movedValues = (was: string, is: string): string =>
  `What is stored was typed for ${was || "another address"} and isn't sent to ${is}. Type it again to confirm the new address.`;
