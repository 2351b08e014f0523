import { expect, test } from "vitest";
import { filterWorkflows, type WorkflowListRow } from "./workflow-list.ts";

const row = (name: string, status: WorkflowListRow["status"], label = ""): WorkflowListRow => ({
  id: name,
  name,
  status,
  trigger: { type: "event", kind: "App Event", label },
  steps: 0,
  hours: null,
  runs: { ended: 0, failed: 0 },
  version: null,
  isChanged: false,
  updatedAt: "2026-11-25T00:00:00.000Z",
});
const rows = [row("Notify watchers", "live", "task.completed"), row("Nightly sync", "off"), row("Greet", "draft", "user.created")];
const found = (q: string, status: WorkflowListRow["status"] | null = null) => filterWorkflows(rows, { q, status }).map(({ name }) => name);

test("a search finds names and triggers, in any case and order of words", () => {
  expect(found("WATCHERS notify")).toEqual(["Notify watchers"]);
  expect(found("user.created")).toEqual(["Greet"]);
  expect(found("app event")).toHaveLength(3);
  expect(found("nothing")).toEqual([]);
});

test("a status narrows what a search found", () => {
  expect(found("n", "off")).toEqual(["Nightly sync"]);
  expect(found("", "draft")).toEqual(["Greet"]);
});
