import { describe, expect, test } from "vitest";
import { emptyDraft, type ResourceDraft } from "#lib/resources/schema.ts";
import { buildPreview, type PreviewedRequest } from "./build-preview.ts";

const draft = (changes: Partial<ResourceDraft>): ResourceDraft => ({ ...emptyDraft(), level: "user", ...changes });
const seen = (previewed: PreviewedRequest | null) => {
  if (!previewed || "problem" in previewed) throw new Error(previewed ? previewed.problem : "nothing is shown");
  return previewed.request;
};
const tenant = {
  key: "tenant",
  title: "Tenant",
  subtitle: "",
  placeholder: "",
  prefix: "",
  suffix: "",
  secret: false,
  accepts: { kind: "text" as const },
};
const oauth = (changes: Partial<ResourceDraft["oauth"]> = {}) => ({
  ...emptyDraft().oauth,
  accessTokenUrl: "https://{{inputs.tenant}}.auth.example.com/token",
  clientId: "corvid",
  ...changes,
});
const request = (baseUrl: string) => ({ ...emptyDraft().request, baseUrl });
const values = { plain: { tenant: "northgate" }, hints: { access_token: "9f2c", refresh_token: "51ab" }, secretNames: ["ACME_KEY"] };

describe("the preview", () => {
  test("shows the call as it will go out, with the last four of a kept token and no more", () => {
    const { call } = buildPreview(
      draft({
        authType: "oauth2_refresh_token",
        inputs: [tenant],
        oauth: oauth(),
        request: request("https://{{inputs.tenant}}.api.example.com/v3"),
      }),
      values,
    );
    expect(seen(call)).toEqual({
      method: "GET",
      url: "https://northgate.api.example.com/v3/",
      headers: [
        ["Accept", "application/json"],
        ["Authorization", "Bearer •••••• 9f2c"],
      ],
    });
  });

  test("shows the token call of each way to prove the client, never the proof", () => {
    const body = (clientAuthentication: "basic" | "body" | "none") =>
      seen(
        buildPreview(draft({ authType: "oauth2_client_credentials", inputs: [tenant], oauth: oauth({ clientAuthentication }) }), values)
          .token,
      );
    expect(body("basic").headers).toContainEqual(["Authorization", "Basic ••••••"]);
    expect(body("body").body).toBe("grant_type=client_credentials&client_id=corvid&client_secret=••••••");
    expect(body("none").body).toBe("grant_type=client_credentials&client_id=corvid");
  });

  test("shows a token call in JSON as it goes out, its secrets masked", () => {
    const json = oauth({ clientAuthentication: "body", bodyFormat: "json" });
    const { token } = buildPreview(draft({ authType: "oauth2_client_credentials", inputs: [tenant], oauth: json }), values);
    expect(seen(token).headers).toContainEqual(["Content-Type", "application/json"]);
    expect(JSON.parse(seen(token).body!)).toEqual({ grant_type: "client_credentials", client_id: "corvid", client_secret: "••••••" });
  });

  test("keeps an unknown input in its place, and says what can't be sent", () => {
    const unknown = draft({
      authType: "api_key",
      request: { ...request("https://api.example.com"), headers: [{ name: "X-Region", value: "{{inputs.region}}" }] },
    });
    expect(seen(buildPreview(unknown, values).call).headers).toContainEqual(["X-Region", "~~inputs.region~~"]);
    expect(buildPreview(draft({ request: request("https://{{") }), values).call).toMatchObject({
      problem: expect.stringContaining("isn't closed"),
    });
  });

  test("says that an address is still to come instead of inventing one", () => {
    expect(buildPreview(draft({ authType: "api_key" }), values).call).toMatchObject({ address: "missing" });
  });
});
