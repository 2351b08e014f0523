import { describe, expect, test } from "vitest";
import { personOf } from "./person-of.ts";

describe("who a user is, from what is known about them", () => {
  test.each([
    ["as the published client's docs write it", { Name: "Ines Carvalho", Email: "ines@northgate.example" }],
    ["in lower case", { name: "Ines Carvalho", email: "ines@northgate.example" }],
    ["as OpenID Connect writes it", { given_name: "Ines", family_name: "Carvalho", email: "ines@northgate.example" }],
    ["in camel case", { displayName: "Ines Carvalho", mail: "ines@northgate.example" }],
    ["with spaces around", { name: "  Ines Carvalho ", email: " ines@northgate.example " }],
  ])("%s", (_, facts) => {
    expect(personOf(facts)).toEqual({ name: "Ines Carvalho", email: "ines@northgate.example" });
  });

  test("a whole name wins over its parts, whatever their order", () => {
    expect(personOf({ first_name: "I", last_name: "C", name: "Ines Carvalho" }).name).toBe("Ines Carvalho");
  });

  test("what isn't text, is empty or no address is nobody's name or email", () => {
    expect(personOf({ name: { first: "Ines" }, email: 7 })).toEqual({ name: null, email: null });
    expect(personOf({ name: "  ", email: "none" })).toEqual({ name: null, email: null });
    expect(personOf({})).toEqual({ name: null, email: null });
  });

  test("long ones are cut, never in the middle of a character", () => {
    const { name } = personOf({ name: `${"a".repeat(254)}😀` });
    expect(name).toBe("a".repeat(254));
  });
});
