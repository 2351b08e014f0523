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

export const movedSecret = (was: string, is: string): string =>
  `The Client Secret was set for ${was || "another address"} and isn't sent to ${is || "this one"}. Type it again to confirm the new address.`;
