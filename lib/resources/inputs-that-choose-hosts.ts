import { checkHost } from "#lib/template/check-host.ts";
import type { ResourceDefinition } from "./schema.ts";

/**
 * Required Inputs by whose value a host may be anybody's: not one label under a domain that the admin wrote, nor from a list. Pure.
 * `of`: only of the address that requests go to, or of the token call's as well.
 * Apart from host-rule, which browsers load: this needs the list of public suffixes.
 */
export function inputsThatChooseHosts(definition: ResourceDefinition, of: "requests" | "any" = "any"): string[] {
  if (definition.level === "app") return [];
  const { inputs, request } = definition;
  const makesTokenCall = of === "any" && definition.authType !== "api_key";
  const addresses = [request.baseUrl, ...(makesTokenCall ? [definition.oauth.accessTokenUrl] : [])];
  return addresses
    .map((template) => checkHost({ template, inputs, sharedSecretTravels: true }))
    .filter(({ problems }) => problems.length > 0)
    .flatMap(({ userValuesInHost }) => userValuesInHost.map((name) => name.replace(/^inputs\./, "")));
}
