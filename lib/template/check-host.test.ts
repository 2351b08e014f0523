import { expect, test } from "vitest";
import { checkHost, type HostInput } from "./check-host.ts";

const inputs: HostInput[] = [
  { key: "tenant", secret: false, accepts: { kind: "text" } },
  { key: "pattern", secret: false, accepts: { kind: "pattern", pattern: "a+" } },
  { key: "region", secret: false, accepts: { kind: "choices", choices: ["eu.example.com", "us.example.com"] } },
  { key: "hidden", secret: true, accepts: { kind: "text" } },
];
const check = (template: string, sharedSecretTravels: boolean) => checkHost({ template, inputs, sharedSecretTravels });

test.each([
  "https://api.example.com",
  "https://localhost:8443",
  "https://10.0.0.1",
  "https://intranet",
  "https://{{ inputs.tenant }}.example.com",
  "https://{{ inputs.tenant }}.example.co.uk/x",
  "https://api-{{ inputs.tenant }}.{{ inputs.pattern }}.example.com:8443",
  "https://{{ inputs.tenant }}-api.example.com",
  "https://{{ inputs.tenant }}.corp.local",
  "https://{{ inputs.region }}",
  "https://api.{{ inputs.region | lower }}",
  "https://example.com/{{ secrets.any }}/{{ inputs.hidden }}",
  "https://{{ secrets.HOST }}",
  "https://{{ inputs.tenant }}.{{ secrets.ZONE }}.example.com",
])("a shared secret may travel to %s", (template) => {
  expect(check(template, true).problems).toEqual([]);
});

test.each([
  ["https://{{ inputs.tenant }}", "ends" /* in nothing */],
  ["https://api.{{ inputs.tenant }}", "End the host in a domain"],
  ["https://{{ inputs.tenant }}.com", "Anybody can get a name under com"],
  ["https://{{ inputs.tenant }}.co.uk", "Anybody can get a name under co.uk"],
  ["https://{{ inputs.tenant }}.github.io", "Anybody can get a name under github.io"],
  ["https://{{ inputs.tenant }}example.com", "Anybody can get a name under com"],
  ["https://{{ inputs.tenant }}.local", "under local"],
  ["https://{{ inputs.tenant }}.0.0.1", "End the host in a domain"],
  ["https://{{ inputs.tenant }}.{{ secrets.DOMAIN }}", "End the host in a domain"],
  ["https://{{ inputs.tenant | default: secrets.HOST }}", "End the host in a domain"],
  ["https://{{ inputs.region | default: inputs.tenant }}", "inputs.tenant lets each user choose it"],
])("a shared secret may not travel to %s", (template, message) => {
  const { problems } = check(template, true);
  expect(problems).toHaveLength(1);
  if (message !== "ends") expect(problems[0]?.message).toContain(message);
});

test("only the user's own credential travels: the host may be theirs", () => {
  expect(check("https://{{ inputs.tenant }}/x", false)).toMatchObject({
    problems: [],
    userValuesInHost: ["inputs.tenant"],
    fixedSuffix: null,
    rules: { hostValues: "hostname" },
  });
  expect(check("https://{{ inputs.tenant }}.com", false)).toMatchObject({ problems: [], rules: { hostValues: "label" } });
});

test.each([
  ["https://{{ inputs.hidden }}.example.com", "is secret"],
  ["https://{{ inputs.nope }}.example.com", "Add Required Input `nope`"],
  ["https://{{ credentials.access_token }}.example.com", "aren't secret"],
  ["https://{{ user.metadata.x }}.example.com", "end users can change it"],
  ["https://{{ profile.x }}.example.com", "end users can change it"],
  ["https://{{ inputs.tenant | default: profile.x }}.example.com", "end users can change it"],
  ["{{ inputs.tenant }}", "Start the URL with https://"],
  ["https://example.com:{{ inputs.tenant }}", "port in digits"],
])("%s is refused, whoever's secret travels", (template, message) => {
  for (const shared of [true, false]) expect(check(template, shared).problems[0]?.message).toContain(message);
});

test("the report names what users choose and what is fixed", () => {
  expect(check("https://{{ inputs.tenant }}.{{ inputs.region }}.Example.com", true)).toEqual({
    problems: [],
    userValuesInHost: ["inputs.tenant"],
    fixedSuffix: "example.com",
    rules: { hostValues: "label", choices: { "inputs.region": ["eu.example.com", "us.example.com"] } },
  });
  expect(check("https://api.example.com", true)).toMatchObject({
    userValuesInHost: [],
    fixedSuffix: "api.example.com",
    rules: { hostValues: "none" },
  });
});
