import { expect, test } from "vitest";
import { readIdentity } from "./read-identity.ts";

const mara = { email: "mara@corvid.example", email_verified: true, name: "Mara" };

test.each<[string, (Record<string, unknown> | null)[], unknown]>([
  ["in the ID token", [mara, { sub: "1" }], { email: mara.email, name: "Mara" }],
  ["at the userinfo endpoint alone", [{ sub: "1" }, mara], { email: mara.email, name: "Mara" }],
  ["without a name", [{ ...mara, name: undefined }], { email: mara.email, name: "mara" }],
  ["with a name that nobody can have", [{ ...mara, name: "a\nb" }], { email: mara.email, name: "mara" }],
  ["that isn't verified", [{ ...mara, email_verified: false }], null],
  ["that is verified in another set than it stands in", [{ email: mara.email }, { email_verified: true }], null],
  ["that is verified by a text", [{ ...mara, email_verified: "true" }], null],
  ["that is none", [{ ...mara, email: "mara" }], null],
  ["nowhere", [null, {}], null],
])("an email %s", (_, sets, identity) => {
  expect(readIdentity(sets)).toEqual(identity);
});
