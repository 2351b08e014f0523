import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostRules } from "./check-host.ts";
import { joinUnder } from "./join-under.ts";
import { renderUnder, renderUrl, userChoosesHost } from "./render-url.ts";
import type { TemplateError } from "./template-error.ts";

const LABEL: HostRules = { hostValues: "label" };
const HOSTNAME: HostRules = { hostValues: "hostname" };

function code(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as TemplateError).code;
  }
}

test.each([
  ["https://{{inputs.host}}/v3", true],
  ["https://{{inputs.host}}:8443", true],
  ["https://{{inputs.a}}.{{inputs.b}}", true],
  ["https://10.0.0.{{inputs.n}}", true],
  ["https://{{inputs.n}}.0.0.1", true],
  ["https://{{inputs.name}}local", true],
  ["https://{{inputs.name}}.", true],
  ["https://{{secrets.HOST}}{{inputs.name}}", true],
  ["https://api.corp.local", false],
  ["https://{{inputs.site}}.corp.local", false],
  ["https://{{inputs.a}}-{{inputs.b}}.corp.local:8443", false],
  ["https://{{inputs.listed}}", false],
  ["https://{{secrets.HOST}}", false],
  ["https://{{inputs.site}}.{{secrets.DOMAIN}}", false],
])("who chooses the host of %s: a user, %s", (template, isUsers) => {
  expect(userChoosesHost(template, { hostValues: "hostname", choices: { "inputs.listed": ["a.corp.local"] } })).toBe(isUsers);
});

/** Strings that people use to get out of where they were put. */
const nasty = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "/",
        "\\",
        "..",
        ".",
        "%2e",
        "%2f",
        "@",
        ":",
        "#",
        "?",
        "&",
        "=",
        "evil.com",
        "//",
        "\t",
        "\n",
        "a",
        "1",
        "[",
        "]",
        ";",
        " ",
        "。",
        "\u0000",
      ),
    )
    .map((pieces) => pieces.join("")),
);

describe("renderUrl", () => {
  test("values never change origin, depth of the path or number of query parameters", () => {
    const template = "https://api.example.com:8443/v1/{{ inputs.a }}/x-{{ inputs.b }}?q={{ inputs.a }}&r={{ inputs.b }}";
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        let url: URL;
        try {
          url = new URL(renderUrl(template, { inputs: { a, b } }, { hostValues: "none" }));
        } catch {
          return;
        }
        expect(url.origin).toBe("https://api.example.com:8443");
        const segments = url.pathname.split("/").map(decodeURIComponent);
        expect(segments).toEqual(["", "v1", a, `x-${b}`]);
        expect([...url.searchParams]).toEqual([
          ["q", a],
          ["r", b],
        ]);
        expect(url.hash + url.username + url.password).toBe("");
      }),
      { numRuns: 5_000 },
    );
  });

  test("a value in the host never changes the domain that the template fixes", () => {
    fc.assert(
      fc.property(nasty, (a) => {
        let url: URL;
        try {
          url = new URL(renderUrl("https://{{ inputs.a }}.example.com/x", { inputs: { a } }, LABEL));
        } catch {
          return;
        }
        expect(url.host).toBe(`${a.toLowerCase()}.example.com`);
        expect(url.host.split(".")).toHaveLength(3);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each(["a.b", "", "-a", "a-", "evil.com/", "a@b", "a:1", "a b", "ä", "a\t", "%61", "a\n", "*", "x".repeat(64)])(
    "%j isn't a DNS label",
    (a) => {
      expect(code(() => renderUrl("https://{{ inputs.a }}.example.com", { inputs: { a } }, LABEL))).toBe("bad_host");
    },
  );

  test("a whole host may be a value where the rule says so", () => {
    const render = (host: string) => renderUrl("https://{{ inputs.host }}/x", { inputs: { host } }, HOSTNAME);
    expect(render("Tenant.Example.com")).toBe("https://tenant.example.com/x");
    expect(render("tenant.example.com:8443")).toBe("https://tenant.example.com:8443/x");
    expect(render("tenant.example.com:443")).toBe("https://tenant.example.com/x");
    for (const evil of [
      "a/b",
      "a@b",
      "a?b",
      "a#b",
      "a\\b",
      "https://a",
      "a:99999",
      "a:0",
      "[::1]",
      "2130706433",
      "0x7f.1",
      "１２７.0.0.1",
      "a..b",
      "",
    ]) {
      expect(
        code(() => render(evil)),
        evil,
      ).toMatch(/bad_host|bad_url/);
    }
    expect(code(() => renderUrl("https://{{ inputs.host }}/x", { inputs: { host: "a.b" } }, LABEL))).toBe("bad_host");
    expect(code(() => renderUrl("https://{{ inputs.host }}.com/x", { inputs: { host: "a.b" } }, HOSTNAME))).toBe("bad_host");
    expect(code(() => renderUrl("https://{{ inputs.host }}:8443/x", { inputs: { host: "a.b:1" } }, HOSTNAME))).toBe("bad_host");
  });

  test("a value with a list of choices is one of them, dots and all", () => {
    const rules: HostRules = { hostValues: "label", choices: { "inputs.region": ["api.eu.example.com", "US.example.org"] } };
    const render = (region: string, filter = "") => renderUrl(`https://{{ inputs.region ${filter} }}/`, { inputs: { region } }, rules);
    expect(render("api.eu.example.com")).toBe("https://api.eu.example.com/");
    expect(render("US.example.org", "| lower")).toBe("https://us.example.org/");
    expect(code(() => render("localhost"))).toBe("bad_host");
    expect(code(() => renderUrl("https://{{ inputs.region | default: inputs.x }}/", { inputs: { region: "", x: "a.b" } }, rules))).toBe(
      "bad_host",
    );
  });

  test.each([
    ["ftp://example.com", "bad_url"],
    ["example.com", "bad_url"],
    ["{{ inputs.a }}", "bad_url"],
    ["{{ inputs.a }}://example.com", "bad_url"],
    ["https://", "bad_url"],
    ["https:///x", "bad_url"],
    ["https://user:pw@example.com", "bad_url"],
    ["https://{{ inputs.a }}@example.com", "bad_url"],
    ["https://x:{{ inputs.a }}", "bad_url"],
    ["https://x{{ inputs.a }}:{{ inputs.a }}", "bad_url"],
    ["https://[{{ inputs.a }}]/", "bad_url"],
    ["https://example.com\\{{ inputs.a }}", "bad_url"],
    ["https://exa\tmple.com", "bad_url"],
    ["https://example.com/x#y", "bad_url"],
    ["https://example.com/a/../b", "bad_path"],
    ["https://{{ credentials.a }}.example.com", "bad_host"],
    ["https://{{ user.metadata.a }}.example.com", "bad_host"],
    ["https://{{ profile.a }}.example.com", "bad_host"],
    ["https://{{ inputs.a | default: profile.a }}.example.com", "bad_host"],
  ])("the template %s is refused (%s)", (template, expected) => {
    const value = { a: "a" };
    const scope = { inputs: value, secrets: value, credentials: value, profile: value, user: { metadata: value } };
    expect(code(() => renderUrl(template, scope, LABEL))).toBe(expected);
  });

  test("a secret of the project may be the host: a whole name, with a port, and nothing else", () => {
    const render = (host: string, template = "https://{{ secrets.HOST }}/v1") =>
      renderUrl(template, { secrets: { HOST: host }, inputs: { a: "a" } }, LABEL);
    expect(render("api.example.com")).toBe("https://api.example.com/v1");
    expect(render("API.example.com:8443")).toBe("https://api.example.com:8443/v1");
    expect(render("zone", "https://{{ inputs.a }}.{{ secrets.HOST }}.example.com")).toBe("https://a.zone.example.com/");
    for (const host of ["", " ", "a/b", "a@b", "a?b", "a#b", "a\\b", "a b", "2130706433", "0x7f.1", "[::1]", "a:0", "{{ inputs.a }}"])
      expect(
        code(() => render(host)),
        host,
      ).toMatch(/^bad_/);
    // Where a user's value may stand in its place, the user's rule holds.
    expect(code(() => render("a.b", "https://{{ inputs.none | default: secrets.HOST }}.example.com"))).toBe("bad_host");
  });

  test("a host written out needs no rule", () => {
    expect(renderUrl(" https://[::1]:8443 ", {}, { hostValues: "none" })).toBe("https://[::1]:8443/");
    expect(renderUrl("HTTPS://EXAMPLE.com/a?b=c", {}, { hostValues: "none" })).toBe("https://example.com/a?b=c");
    expect(code(() => renderUrl("https://{{ inputs.a }}.example.com", { inputs: { a: "a" } }, { hostValues: "none" }))).toBe("bad_host");
  });

  test("a value never empties a part of the path, nor makes it a dot", () => {
    for (const id of ["", ".", "..", "%2e%2e", "../x", "..\\x", "..;x"]) {
      const outcome = code(() => renderUrl("https://example.com/tasks/{{ inputs.id }}", { inputs: { id } }, { hostValues: "none" }));
      expect(outcome, id).toBe(id === "%2e%2e" ? undefined : id === "..;x" ? undefined : "bad_path");
    }
    expect(code(() => renderUrl("https://example.com/.{{ inputs.id }}/x", { inputs: { id: "." } }, { hostValues: "none" }))).toBe(
      "bad_path",
    );
  });
});

describe("joinUnder", () => {
  test.each([
    ["https://api.example.com", "/users", "https://api.example.com/users"],
    ["https://api.example.com/v1/", "users?a=1", "https://api.example.com/v1/users?a=1"],
    ["https://api.example.com/v1", "", "https://api.example.com/v1"],
    ["https://api.example.com/v1", "/", "https://api.example.com/v1/"],
    ["https://api.example.com/v1?key=k", "?a=1", "https://api.example.com/v1?key=k&a=1"],
    ["https://api.example.com", "/@scope/a%20b:batch", "https://api.example.com/@scope/a%20b:batch"],
    ["https://api.example.com", "users:batch", "https://api.example.com/users:batch"],
    ["https://api.example.com", "/a?next=//evil.com/../x", "https://api.example.com/a?next=//evil.com/../x"],
  ])("%s and %s make %s", (base, path, joined) => {
    expect(joinUnder(base, path)).toBe(joined);
  });

  test.each([
    "//evil.com",
    "@evil.com",
    "\\evil.com",
    "/\\evil.com",
    "/a\\..\\b",
    "..",
    "/..",
    "/a/../b",
    "/a/./b",
    "/%2e%2e/b",
    "/%2E./b",
    "/.%2e",
    "/a/..%2fb",
    "/a/..%5Cb",
    "/..;/b",
    "/a/.. ",
    "/a/..%20",
    "%2f. ",
    "/\t/evil.com",
    "/a\nb",
    "https://evil.com",
    "HTTPS://evil.com",
    "/a#b",
  ])("the path %j is refused", (path) => {
    expect(code(() => joinUnder("https://api.example.com/v1", path))).toBe("bad_path");
  });

  test("whatever the path, the result stays at the origin and under the path of the base", () => {
    fc.assert(
      fc.property(nasty, (path) => {
        let url: URL;
        try {
          url = new URL(joinUnder("https://api.example.com/v1/x", path));
        } catch {
          return;
        }
        expect(url.origin).toBe("https://api.example.com");
        expect(url.pathname === "/v1/x" || url.pathname.startsWith("/v1/x/")).toBe(true);
        expect(url.pathname.split("/").length).toBeGreaterThanOrEqual(path.split("?")[0]!.split("/").length);
        expect(decodeURIComponent(url.pathname.replace(/%(?![0-9a-f]{2})/gi, "%25").replace(/%[89a-f][0-9a-f]/gi, "x"))).not.toMatch(
          /(^|[/\\])\.\.?($|[/\\])/,
        );
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("renderUnder", () => {
  test("values stay values below the base", () => {
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        let url: URL;
        try {
          url = new URL(renderUnder("https://api.example.com/v1", "{{ inputs.a }}/x?q={{ inputs.b }}", { inputs: { a, b } }));
        } catch {
          return;
        }
        expect(url.origin).toBe("https://api.example.com");
        expect(url.pathname.split("/").map(decodeURIComponent)).toEqual(["", "v1", a, "x"]);
        expect([...url.searchParams]).toEqual([["q", b]]);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each(["//evil.com", "https://evil.com/x", "@evil.com", "/a/../b"])("the template %s is refused", (template) => {
    expect(code(() => renderUnder("https://api.example.com", template, {}))).toBe("bad_path");
  });
});
