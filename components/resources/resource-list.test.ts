import { describe, expect, it } from "vitest";
import { filterResources, type ResourceFilter, type ResourceListRow, sortResources } from "./resource-list.ts";

const row = (name: string, more: Partial<ResourceListRow> = {}): ResourceListRow => ({
  id: name,
  name,
  level: "user",
  authType: "api_key",
  status: "live",
  appearance: { icon: "plug", colour: 0 },
  baseUrl: "",
  connectedUsers: 0,
  workflows: [],
  hours: [],
  success: null,
  updatedAt: "2026-11-18T12:00:00.000Z",
  ...more,
});
const all: ResourceFilter = { q: "", level: null, auth: null, status: null };
const names = (rows: ResourceListRow[]) => rows.map(({ name }) => name);

describe("the list of resources", () => {
  const rows = [
    row("TaskLab", { baseUrl: "https://{{inputs.tenant}}.tasklab.example", connectedUsers: 3 }),
    row("Ledgerly", { status: "failing", hours: [{ calls: 10, failed: 5 }], updatedAt: "2026-11-19T12:00:00.000Z" }),
    row("Café 10", { level: "app", hours: [{ calls: 10, failed: 0 }], connectedUsers: 2 }),
    row("Café 9", { authType: null }),
  ];

  it("is searched by name and base URL, whatever the case", () => {
    expect(names(filterResources(rows, { ...all, q: "TASK" }))).toEqual(["TaskLab"]);
    expect(names(filterResources(rows, { ...all, q: "tenant example" }))).toEqual(["TaskLab"]);
    expect(names(filterResources(rows, { ...all, q: " café " }))).toEqual(["Café 10", "Café 9"]);
    expect(filterResources(rows, { ...all, q: "nothing" })).toEqual([]);
  });

  it("is filtered by each facet, and by all at once", () => {
    expect(names(filterResources(rows, { ...all, level: "app" }))).toEqual(["Café 10"]);
    expect(names(filterResources(rows, { ...all, status: "failing" }))).toEqual(["Ledgerly"]);
    expect(filterResources(rows, { ...all, level: "app", status: "failing" })).toEqual([]);
    expect(filterResources(rows, all)).toHaveLength(4);
  });

  it("sorts numbers in names by value, failures first by success, and no calls below every figure", () => {
    expect(names(sortResources(rows, { by: "name", order: "ascending" }))).toEqual(["Café 9", "Café 10", "Ledgerly", "TaskLab"]);
    expect(names(sortResources(rows, { by: "success", order: "ascending" }))).toEqual(["Café 9", "TaskLab", "Ledgerly", "Café 10"]);
    expect(names(sortResources(rows, { by: "users", order: "descending" }))[0]).toBe("TaskLab");
    expect(names(sortResources(rows, { by: "updated", order: "descending" }))[0]).toBe("Ledgerly");
  });
});
