import { expect, test } from "vitest";
import { renderStep } from "./render-step.ts";

const known = [
  { name: "inputs.tenant", secret: false },
  { name: "secrets.KEY", secret: true },
  { name: "user.metadata", secret: false, open: true },
];
const sampled = { trigger: { task: { id: "a/b", title: 'Say "hi"' }, n: 3 }, item: { id: "u_1" }, steps: {} };
const request = (fields: object) => ({
  method: "POST" as const,
  path: "/tasks",
  query: [],
  headers: [],
  body: { kind: "none" as const },
  ...fields,
});

test("each value stands as it would land, and secrets are masked", () => {
  const rendered = renderStep(
    request({
      path: "/{{inputs.tenant}}/tasks/{{trigger.task.id}}",
      query: [{ name: "for", value: "{{item.id}} & co" }],
      headers: [{ name: "X-Key", value: "{{secrets.KEY}}" }],
      body: { kind: "json", text: '{"title":"{{trigger.task.title}}","n":"{{trigger.n}}"}' },
    }),
    sampled,
    known,
  );
  expect(rendered).toEqual({
    line: "POST /tenant/tasks/a%2Fb?for=u_1%20%26%20co",
    headers: [["X-Key", "••••••"]],
    body: '{\n  "title": "Say \\"hi\\"",\n  "n": 3\n}',
    isJson: true,
  });
});

test.each([
  ["a variable that no sample has", { path: "/{{trigger.gone}}" }],
  ["a broken expression", { path: "/{{" }],
  ["JSON that isn't", { body: { kind: "json", text: "{" } }],
])("nothing is shown for %s", (_, fields) => {
  expect(renderStep(request(fields), sampled, known)).toBe(null);
});
