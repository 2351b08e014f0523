import { describe, expect, test } from "vitest";
import { judgeCalls, listAttention, type TroubledResource } from "./list-attention.ts";

const now = new Date("2026-11-25T12:10:00Z");
const hour = (at: string, calls: number, failed: number) => ({ bucket: new Date(`2026-11-25T${at}:00Z`), calls, failed });
const resource = (given: Partial<TroubledResource> = {}): TroubledResource => ({
  id: given.name ?? "TaskLab",
  name: "TaskLab",
  level: "user",
  liveRevision: 1,
  updatedAt: now,
  outageSince: null,
  lastFailure: null,
  invalid: 0,
  pending: 0,
  clientRefused: 0,
  reason: null,
  invalidAt: null,
  appStatus: null,
  appReason: null,
  hours: [],
  ...given,
});
const list = (...resources: TroubledResource[]) => listAttention(resources, now, () => "503");
const kinds = (...resources: TroubledResource[]) =>
  list(...resources).map((item) => `${item.kind} ${"resource" in item ? item.resource : item.workflow}`);

describe("how calls end now", () => {
  test("what began to fail this hour is failing, however well the day went", () => {
    const verdict = judgeCalls({ liveRevision: 1, hours: [hour("08:00", 5_000, 3), hour("12:00", 30, 30)] }, now);
    expect(verdict).toMatchObject({ status: "failing", calls: 30, failed: 30 });
    expect(verdict.since.toISOString()).toBe("2026-11-25T12:00:00.000Z");
  });

  test("what has recovered asks for nothing", () => {
    expect(judgeCalls({ liveRevision: 1, hours: [hour("08:00", 500, 500), hour("11:00", 40, 0)] }, now).status).toBe("live");
  });

  test("where the last hours tell too little, the day does", () => {
    const verdict = judgeCalls({ liveRevision: 1, hours: [hour("06:00", 60, 0), hour("09:00", 50, 40), hour("10:00", 50, 49)] }, now);
    expect(verdict).toMatchObject({ status: "failing", calls: 160, failed: 89 });
    expect(verdict.since.toISOString(), "the first hour of the present trouble").toBe("2026-11-25T09:00:00.000Z");
  });

  test("a handful of failed calls says nothing", () => {
    expect(judgeCalls({ liveRevision: 1, hours: [hour("12:00", 19, 19)] }, now).status).toBe("live");
  });
});

describe("what needs attention", () => {
  test("nothing, where all is well", () => {
    expect(list(resource({ hours: [hour("12:00", 100, 0)] }))).toEqual([]);
  });

  test("the worst stands first: what stops all, then what stops some, then what waits", () => {
    const found = kinds(
      resource({ name: "Draft", liveRevision: null }),
      resource({ name: "Pending", pending: 2 }),
      resource({ name: "Few", invalid: 1 }),
      resource({ name: "Many", invalid: 40 }),
      resource({ name: "Slow", hours: [hour("12:00", 100, 5)] }),
      resource({ name: "Outage", outageSince: now }),
      resource({ name: "Down", hours: [hour("12:00", 100, 94)] }),
      resource({ name: "Client", clientRefused: 3 }),
      resource({ name: "App", level: "app", appStatus: "INVALID" }),
      resource({ name: "Well", level: "app", appStatus: "VALID" }),
    );
    expect(found).toEqual([
      "client_refused Client",
      "failing Down",
      "outage Outage",
      "app_credential App",
      "invalid Many",
      "invalid Few",
      "degraded Slow",
      "pending Pending",
      "draft Draft",
    ]);
  });

  test("an outage is told from a fault of ours by whether other APIs answer", () => {
    const down = resource({ name: "Down", hours: [hour("12:00", 100, 94)] });
    expect(list(down)[0]).toMatchObject({ others: false, answer: "503" });
    expect(list(down, resource({ name: "Well", hours: [hour("12:00", 100, 0)] }))[0]).toMatchObject({ others: true });
  });

  test("a draft asks for no more than being finished, and only the three newest do", () => {
    const drafts = ["01", "02", "03", "04"].map((day) =>
      resource({ name: day, liveRevision: null, invalid: 5, updatedAt: new Date(`2026-11-${day}T00:00:00Z`) }),
    );
    expect(kinds(...drafts)).toEqual(["draft 04", "draft 03", "draft 02"]);
  });
});
