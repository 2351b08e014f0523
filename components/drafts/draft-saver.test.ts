import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DraftReview, SavedSetup, SaveInput } from "#components/resources/setup/setup-types.ts";
import { emptyDraft, type ResourceDraft } from "#lib/resources/schema.ts";
import { createDraftSaver, type FoundConflict, type SaverState } from "./draft-saver.ts";

const withUrl = (baseUrl: string, from = emptyDraft()): ResourceDraft => ({ ...from, request: { ...from.request, baseUrl } });
const review = (body: ResourceDraft): DraftReview => ({
  body,
  problems: [],
  hosts: {} as DraftReview["hosts"],
  secretNames: [],
  movedSecrets: [],
});

/** A server of one draft, and a tab that types into it. */
function setUp() {
  const server = {
    version: 1,
    body: emptyDraft(),
    saves: [] as SaveInput[],
    inFlight: 0,
    most: 0,
    delay: 10,
    failing: false,
    /** Commits, and dies before it answers. */
    dying: false,
    shape: (body: ResourceDraft) => body,
  };
  const tab = {
    typed: emptyDraft(),
    states: [] as SaverState[],
    merged: [] as ResourceDraft[],
    conflict: null as FoundConflict | null,
  };
  const send = async (input: SaveInput) => {
    server.inFlight++;
    server.most = Math.max(server.most, server.inFlight);
    await new Promise((resolve) => setTimeout(resolve, server.delay));
    server.inFlight--;
    if (server.failing) throw new Error("away");
    if (input.version !== server.version) {
      const data: SavedSetup = {
        kind: "conflict",
        version: server.version,
        theirs: server.body,
        by: "Joon Park",
        at: "2026-11-23T12:08:00Z",
      };
      return { ok: true as const, data };
    }
    server.saves.push(input);
    server.version++;
    server.body = server.shape(input.body);
    if (server.dying) throw new Error("away");
    const data: SavedSetup = {
      kind: "saved",
      version: server.version,
      savedAt: "2026-11-23T12:04:00Z",
      review: review(server.body),
      clientSecret: null,
    };
    return { ok: true as const, data };
  };
  const saver = createDraftSaver({
    version: 1,
    body: emptyDraft(),
    savedAt: "2026-11-23T12:00:00Z",
    read: () => tab.typed,
    send,
    onState: (state) => tab.states.push(state),
    onSaved: () => {},
    onMerge: (merged) => {
      tab.typed = merged;
      tab.merged.push(merged);
    },
    onConflict: (conflict) => {
      tab.conflict = conflict;
    },
  });
  const type = (baseUrl: string) => {
    tab.typed = withUrl(baseUrl, tab.typed);
    saver.touch();
  };
  return { server, tab, saver, type };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("saving while typing", () => {
  test("what is typed is sent 800 ms after the last key", async () => {
    const { server, type } = setUp();
    type("https://a");
    await vi.advanceTimersByTimeAsync(799);
    expect(server.saves).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(20);
    expect(server.body.request.baseUrl).toBe("https://a");
  });

  test("whoever never pauses loses less than two seconds", async () => {
    const { server, type } = setUp();
    for (let at = 0; at < 6_000; at += 200) {
      type(`https://${"x".repeat(at / 200 + 1)}`);
      await vi.advanceTimersByTimeAsync(200);
      const typed = Math.floor(at / 200) + 1;
      const behind = (typed - server.body.request.baseUrl.replace("https://", "").length) * 200;
      expect(behind).toBeLessThanOrEqual(2_000);
    }
    expect(server.saves.length).toBeGreaterThan(2);
  });

  test("requests never overlap, and the next one takes the newest text", async () => {
    const { server, saver, type } = setUp();
    server.delay = 3_000;
    type("https://a");
    await vi.advanceTimersByTimeAsync(900);
    type("https://ab");
    await vi.advanceTimersByTimeAsync(900);
    type("https://abc");
    void saver.flush();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.most).toBe(1);
    expect(server.saves.map(({ body }) => body.request.baseUrl)).toEqual(["https://a", "https://abc"]);
  });

  test("nothing is sent when nothing changed", async () => {
    const { server, saver } = setUp();
    saver.touch();
    await vi.advanceTimersByTimeAsync(3_000);
    await saver.flush();
    expect(server.saves).toHaveLength(0);
  });

  test("what the server keeps in another shape isn't sent again and again", async () => {
    const { server, type } = setUp();
    server.shape = (body) => ({ ...body, appearance: { ...body.appearance, description: "trimmed" } });
    type("https://a ");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.saves).toHaveLength(1);
  });

  test("secrets travel with flush alone", async () => {
    const { server, saver, type } = setUp();
    type("https://a");
    await vi.advanceTimersByTimeAsync(2_000);
    const flushed = saver.flush({ clientSecret: "s3cret" });
    await vi.advanceTimersByTimeAsync(100);
    expect(await flushed).toBe(true);
    expect(server.saves.map(({ secrets }) => secrets)).toEqual([{}, { clientSecret: "s3cret" }]);
  });

  test("a server that is away is tried again, and what was typed meanwhile arrives", async () => {
    const { server, tab, type } = setUp();
    server.failing = true;
    type("https://a");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tab.states.at(-1)).toMatchObject({ kind: "failed" });
    tab.typed = withUrl("https://abc", tab.typed);
    server.failing = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.body.request.baseUrl).toBe("https://abc");
    expect(tab.states.at(-1)).toMatchObject({ kind: "saved" });
  });

  test("a save that a dying server made, but never answered, is no conflict with oneself", async () => {
    const { server, tab, saver, type } = setUp();
    server.dying = true;
    type("https://a");
    void saver.flush({ clientSecret: "s3cret" });
    const sealed = { kind: "sealed" as const, id: "00000000-0000-4000-8000-000000000001" };
    server.shape = (body) => ({ ...body, oauth: { ...body.oauth, clientSecret: sealed } });
    await vi.advanceTimersByTimeAsync(500);
    server.dying = false;
    server.shape = (body) => body;
    type("https://ab");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(tab.conflict).toBeNull();
    expect(server.body).toMatchObject({ request: { baseUrl: "https://ab" }, oauth: { clientSecret: sealed } });
    expect(tab.states.at(-1)).toMatchObject({ kind: "saved" });
  });
});

describe("two tabs", () => {
  const elsewhere = (server: { version: number; body: ResourceDraft }, body: ResourceDraft) => {
    server.version++;
    server.body = body;
  };

  test("changes of different fields are joined without a question", async () => {
    const { server, tab, type } = setUp();
    elsewhere(server, { ...server.body, level: "user" });
    type("https://mine");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(tab.conflict).toBeNull();
    expect(server.body).toMatchObject({ level: "user", request: { baseUrl: "https://mine" } });
    expect(tab.typed.level).toBe("user");
  });

  test("one field changed twice is asked, and this tab's text stays until then", async () => {
    const { server, tab, saver, type } = setUp();
    elsewhere(server, withUrl("https://theirs"));
    type("https://mine");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(tab.conflict?.conflicts).toMatchObject([{ path: "request.baseUrl", ours: "https://mine", theirs: "https://theirs" }]);
    expect(server.body.request.baseUrl).toBe("https://theirs");
    expect(tab.typed.request.baseUrl).toBe("https://mine");

    void saver.resolve();
    await vi.advanceTimersByTimeAsync(100);
    expect(server.body.request.baseUrl).toBe("https://mine");
  });
});
