import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { diagnoseSignature } from "./diagnose-signature.ts";
import type { ReceivedRequest } from "./received.ts";
import { HmacVerification, type Verification } from "./schema.ts";
import { VERIFICATION_PRESETS } from "./verification-presets.ts";
import { verifySignature } from "./verify-signature.ts";

type Checkable = Exclude<Verification, { scheme: "jwt" }>;
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const request = (
  headers: Record<string, string>,
  body: string | Uint8Array = "",
  more: Partial<ReceivedRequest> = {},
): ReceivedRequest => ({
  method: "POST",
  urls: ["https://api.example.com/hooks/abc"],
  headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  query: [],
  body: typeof body === "string" ? bytes(body) : body,
  address: "192.0.2.7",
  ...more,
});
const verify = (received: ReceivedRequest, verification: Checkable, secrets: string[], now = new Date(), networks: string[] = []) =>
  verifySignature(received, { verification, networks, secrets: secrets.map((value, index) => ({ id: `s${index}`, value })), now });
const preset = (id: string) => VERIFICATION_PRESETS.find((one) => one.id === id)!.verification as Checkable;
const at = (seconds: number) => new Date(seconds * 1000);

/**
 * GitHub, Slack and Standard Webhooks: the examples of their own pages. Stripe publishes none with its secret: this header is its own
 * library's (`generateTestHeaderString`, stripe 17.7.0). Shopify: its page's procedure, computed by openssl.
 */
const VECTORS: { id: string; secret: string; body: string; headers: Record<string, string>; now: Date }[] = [
  {
    id: "github",
    secret: "It's a Secret to Everybody",
    body: "Hello, World!",
    headers: { "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
    now: new Date(),
  },
  {
    id: "slack",
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    headers: {
      "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
      "X-Slack-Request-Timestamp": "1531420618",
    },
    now: at(1531420618),
  },
  {
    id: "stripe",
    secret: "whsec_test_secret",
    body: '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}',
    headers: { "Stripe-Signature": "t=1492774577,v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812" },
    now: at(1492774577),
  },
  {
    id: "shopify",
    secret: "hush",
    body: '{"id":820982911946154508,"email":"jon@example.com"}',
    headers: { "X-Shopify-Hmac-SHA256": "D0UMXmhjwBRi4y66TmhJrDlhQABD7zI2fm3p6/QLMo8=" },
    now: new Date(),
  },
  {
    id: "standard_webhooks",
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    body: '{"test": 2432232314}',
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    now: at(1614265330),
  },
];

describe.each(VECTORS)("the preset for $id", ({ id, secret, body, headers, now }) => {
  test("accepts the published example", () => {
    expect(verify(request(headers, body), preset(id), [secret], now)).toEqual({ ok: true, secretId: "s0" });
  });
  test("refuses another body, another secret, a missing signature and one that is cut", () => {
    expect(verify(request(headers, `${body} `), preset(id), [secret], now)).toMatchObject({ ok: false, reason: "bad_signature" });
    expect(verify(request(headers, body), preset(id), [`${secret}A`.slice(1)], now)).toMatchObject({ ok: false, reason: "bad_signature" });
    expect(verify(request({}, body), preset(id), [secret], now)).toMatchObject({ ok: false, reason: "no_signature" });
    const cut = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, /signature|hmac/i.test(name) ? value.slice(0, -6) : value]),
    );
    expect(verify(request(cut, body), preset(id), [secret], now)).toMatchObject({ ok: false, reason: "bad_signature" });
    expect(verify(request(headers, body), preset(id), [], now)).toMatchObject({ ok: false });
  });
  test("accepts either of two live secrets, and says which one", () => {
    expect(verify(request(headers, body), preset(id), ["whsec_bmV3bmV3bmV3bmV3", secret], now)).toEqual({ ok: true, secretId: "s1" });
  });
  test("is what the signature doctor finds", () => {
    const { diagnosis: found } = diagnoseSignature(
      request({ ...headers, "content-type": "application/json", "user-agent": "x" }, body),
      secret,
    );
    expect(found, "a diagnosis").not.toBeNull();
    expect(verify(request(headers, body), found!.verification, [secret], now)).toMatchObject({ ok: true });
    const wanted = preset(id);
    if (wanted.scheme === "hmac")
      expect(found!.verification).toMatchObject({ algorithm: wanted.algorithm, encoding: wanted.encoding, signed: wanted.signed });
    else expect(found!.verification.scheme).toBe(wanted.scheme);
  });
  if (id === "slack" || id === "stripe" || id === "standard_webhooks")
    test("refuses an event that is too old, or from the future", () => {
      expect(verify(request(headers, body), preset(id), [secret], new Date(now.getTime() + 301_000))).toMatchObject({
        reason: "bad_timestamp",
      });
      expect(verify(request(headers, body), preset(id), [secret], new Date(now.getTime() - 301_000))).toMatchObject({
        reason: "bad_timestamp",
      });
      expect(verify(request(headers, body), preset(id), [secret], new Date(now.getTime() + 299_000))).toMatchObject({ ok: true });
    });
});

describe("what the standardwebhooks library signs", () => {
  const secret = `whsec_${Buffer.from("a secret of twenty-four b").toString("base64")}`;
  const signed = (body: string, when: Date, by = secret) => ({
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(when.getTime() / 1000)),
    "webhook-signature": new Webhook(by).sign("msg_1", when, body),
  });
  const scheme = { scheme: "standard_webhooks" } as const;
  const body = '{"type":"task.created","data":{"title":"Mäuse 🐭"}}';

  test("is accepted, beside signatures of other versions", () => {
    const headers = signed(body, new Date());
    expect(verify(request(headers, body), scheme, [secret])).toMatchObject({ ok: true });
    const several = { ...headers, "webhook-signature": `v1a,AAAA v1,AAAA ${headers["webhook-signature"]}` };
    expect(verify(request(several, body), scheme, [secret])).toMatchObject({ ok: true });
  });
  test("by another secret, or altered, is refused", () => {
    const other = `whsec_${Buffer.from("another secret of some byt").toString("base64")}`;
    expect(verify(request(signed(body, new Date(), other), body), scheme, [secret])).toMatchObject({ reason: "bad_signature" });
    expect(verify(request(signed(body, new Date()), body.replace("task", "mask")), scheme, [secret])).toMatchObject({
      reason: "bad_signature",
    });
    expect(verify(request({ ...signed(body, new Date()), "webhook-id": "msg_2" }, body), scheme, [secret])).toMatchObject({
      reason: "bad_signature",
    });
  });
  test("with an old timestamp is refused", () => {
    const old = new Date(Date.now() - 6 * 60_000);
    expect(verify(request(signed(body, old), body), scheme, [secret])).toMatchObject({ reason: "bad_timestamp" });
  });
  test("while a secret is changed: the old and the new one count, then the new one alone", () => {
    const next = `whsec_${Buffer.from("the next secret, as it is").toString("base64")}`;
    expect(verify(request(signed(body, new Date(), secret), body), scheme, [next, secret])).toMatchObject({ ok: true, secretId: "s1" });
    expect(verify(request(signed(body, new Date(), next), body), scheme, [next, secret])).toMatchObject({ ok: true, secretId: "s0" });
    expect(verify(request(signed(body, new Date(), secret), body), scheme, [next])).toMatchObject({ reason: "bad_signature" });
  });
});

describe("signatures", () => {
  const scheme = HmacVerification.parse({ scheme: "hmac", header: "X-Sig" });

  test("are over the bytes as they came: bodies that aren't UTF-8 verify, and don't when decoded", () => {
    const raw = new Uint8Array([0xff, 0xfe, 0x00, 0x41, 0x80]);
    const signature = createHmac("sha256", "s").update(raw).digest("hex");
    expect(verify(request({ "X-Sig": signature }, raw), scheme, ["s"])).toMatchObject({ ok: true });
    const decoded = new Uint8Array(Buffer.from(Buffer.from(raw).toString("utf8")));
    expect(verify(request({ "X-Sig": signature }, decoded), scheme, ["s"])).toMatchObject({ reason: "bad_signature" });
  });

  test.each(["sha1", "sha256", "sha384", "sha512"] as const)(
    "by %s in each encoding, with id, method and address in them, verify and are diagnosed",
    (algorithm) => {
      for (const encoding of ["hex", "base64", "base64url"] as const) {
        const received = request({ "x-event-id": "e1", "x-event-time": "1700000000000" }, "body", {
          urls: ["http://one/", "https://two/?a=b"],
        });
        const signature = createHmac(algorithm, "k".repeat(16)).update("POSThttps://two/?a=bbody1700000000000").digest(encoding);
        received.headers.push(["x-sig", `v2:${signature}`]);
        const made = HmacVerification.parse({
          scheme: "hmac",
          algorithm,
          encoding,
          header: "X-Sig",
          prefix: "v2:",
          signed: "{method}{url}{body}{timestamp}",
          timestampHeader: "X-Event-Time",
        });
        expect(verify(received, made, ["k".repeat(16)], at(1_700_000_010))).toMatchObject({ ok: true });
        expect(diagnoseSignature(received, "k".repeat(16)).diagnosis?.verification).toMatchObject({ algorithm, encoding, prefix: "v2:" });
      }
    },
  );

  const nothing = { diagnosis: null, isWhole: true };
  test("of an unknown kind aren't diagnosed as anything", () => {
    expect(diagnoseSignature(request({ "X-Sig": "ab".repeat(32), "X-Time": "1700000000" }, "body"), "secret")).toEqual(nothing);
    expect(diagnoseSignature(request({}, "body"), "secret")).toEqual(nothing);
  });

  test("among thousands of headers, or over a body of 1 MiB, are looked for in the likeliest places, and it is said that not all were", () => {
    const many = (n: number, name: string, value: (n: number) => string): [string, string][] =>
      Array.from({ length: n }, (_, index) => [`${name}-${index}`, value(index)]);
    const crowd = [
      ...many(150, "x-a", (n) => createHmac("sha256", "other").update(String(n)).digest("hex")),
      ...many(250, "x-b", (n) => String(1_700_000_000 + n)),
      ...many(450, "x-delivery", (n) => `id-${n}`),
    ];
    const crowded = (body: string): ReceivedRequest => ({ ...request({}, body), headers: [...crowd] });
    for (const received of [crowded("body"), crowded("x".repeat(1_048_576))]) {
      const before = process.cpuUsage();
      expect(diagnoseSignature(received, "secret")).toEqual({ diagnosis: null, isWhole: false });
      expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
      const signature = createHmac("sha256", "secret").update("1600000000.").update(received.body).digest("hex");
      received.headers.push(["x-hub-signature", signature], ["x-sent-time", "1600000000"]);
      expect(diagnoseSignature(received, "secret").diagnosis?.verification).toMatchObject({
        header: "x-hub-signature",
        signed: "{timestamp}.{body}",
        timestampHeader: "x-sent-time",
      });
    }
  });

  test("with keys written in hex or base64 verify by the bytes that they stand for", () => {
    const key = Buffer.from("00ff10a0b0c0d0e0f000ff10a0b0c0d0", "hex");
    const signature = createHmac("sha256", key).update("body").digest("hex");
    for (const secretEncoding of ["hex", "base64"] as const)
      expect(
        verify(request({ "X-Sig": signature.toUpperCase() }, "body"), { ...scheme, secretEncoding }, [key.toString(secretEncoding)]),
      ).toMatchObject({ ok: true });
  });
});

describe("other schemes", () => {
  test("a shared secret in header or query", () => {
    const inHeader = { scheme: "shared_secret", place: "header", name: "X-Token" } as const;
    expect(verify(request({ "X-Token": "a" }), inHeader, ["b", "a"])).toEqual({ ok: true, secretId: "s1" });
    expect(verify(request({ "X-Token": "ab" }), inHeader, ["a"])).toMatchObject({ reason: "bad_credentials" });
    expect(verify(request({}), inHeader, ["a"])).toMatchObject({ reason: "no_signature" });
    expect(verify(request({ "X-Token": "" }), inHeader, [""])).toMatchObject({ reason: "no_signature" });
    const inQuery = { scheme: "shared_secret", place: "query", name: "token" } as const;
    expect(verify(request({}, "", { query: [["token", "a"]] }), inQuery, ["a"])).toMatchObject({ ok: true });
  });
  test("Basic", () => {
    const scheme = { scheme: "basic", username: "ada" } as const;
    const basic = (text: string) => request({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    expect(verify(basic("ada:p:w é"), scheme, ["p:w é"])).toMatchObject({ ok: true });
    expect(verify(basic("ada:wrong"), scheme, ["right"])).toMatchObject({ reason: "bad_credentials" });
    expect(verify(basic("eve:right"), scheme, ["right"])).toMatchObject({ reason: "bad_credentials" });
    expect(verify(request({ Authorization: "Bearer x" }), scheme, ["right"])).toMatchObject({ reason: "no_signature" });
  });
  test("an address outside the allow-list is refused, whatever else fits", () => {
    const from = (address: string | null) => request({}, "", { address });
    const networks = ["192.0.2.0/24", "2001:db8::/32", "198.51.100.9"];
    for (const good of ["192.0.2.200", "2001:db8::1", "198.51.100.9", "::ffff:192.0.2.1"])
      expect(verify(from(good), { scheme: "ip" }, [], new Date(), networks)).toEqual({ ok: true });
    for (const bad of ["192.0.3.1", "2001:db9::1", "198.51.100.8", "nonsense", null])
      expect(verify(from(bad), { scheme: "none" }, [], new Date(), networks)).toMatchObject({ reason: "blocked_address" });
    expect(verify(from("192.0.2.1"), { scheme: "ip" }, [])).toMatchObject({ ok: false });
  });
});
