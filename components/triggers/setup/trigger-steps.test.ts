import { describe, expect, test } from "vitest";
import type { TriggerStep } from "#lib/paths.ts";
import { emptyTrigger, type TriggerForm } from "#lib/triggers/schema.ts";
import { currentTriggerProblems, triggerStepStates } from "./trigger-steps.ts";

const form = (more: Partial<TriggerForm["body"]> = {}): TriggerForm => ({ name: "Task completed", body: { ...emptyTrigger(), ...more } });
const none = { current: "basics" as const, left: new Set<TriggerStep>(), hasHeard: false, isFinished: false };

describe("problems", () => {
  const mapped = form({ level: "app", user: { by: "user_id", path: "" } });
  const review = { body: mapped, problems: [{ path: "user.path", message: "Fill this in." }] };

  test("hold until their field changes", () => {
    expect(currentTriggerProblems(mapped, review, { hasSecret: false })).toMatchObject([{ step: "events", isMissing: true }]);
    const typed = form({ level: "app", user: { by: "user_id", path: "$.id" } });
    expect(currentTriggerProblems(typed, review, { hasSecret: false })).toEqual([]);
  });

  test("know at once whether a secret is missing, whatever the server said before", () => {
    const signed = form({ verification: { scheme: "standard_webhooks" } });
    const stale = { body: signed, problems: [{ path: "secret", message: "Set the secret" }] };
    expect(currentTriggerProblems(signed, stale, { hasSecret: true })).toEqual([]);
    expect(currentTriggerProblems(signed, { ...stale, problems: [] }, { hasSecret: false })).toMatchObject([{ path: "secret" }]);
    const given = form({
      verification: { scheme: "standard_webhooks" },
      subscription: { ...emptyTrigger().subscription, secretPath: "$.s" },
    });
    expect(currentTriggerProblems(given, { body: given, problems: [] }, { hasSecret: false }), "each subscription has its own").toEqual([]);
  });
});

describe("the stepper", () => {
  test("says what is missing only once its step was left, what is wrong at once", () => {
    const missing = { path: "secret", message: "", step: "verification" as const, isMissing: true };
    const stateOf = (problem: typeof missing, left: ReadonlySet<"verification">) =>
      triggerStepStates(form(), [problem], { ...none, left }).find(({ step }) => step === "verification")?.state;
    expect(stateOf(missing, new Set())).toBe("todo");
    expect(stateOf(missing, new Set(["verification"]))).toBe("error");
    expect(stateOf({ ...missing, isMissing: false }, new Set())).toBe("error");
  });

  test("calls a step done that was seen, and Listen when an event has arrived", () => {
    const states = triggerStepStates(form(), [], { ...none, current: "events", left: new Set(["basics", "webhook"]) });
    expect(states.map(({ state }) => state)).toEqual(["done", "done", "todo", "now", "todo"]);
    expect(states[1]?.summary).toBe("POST /webhooks");
    expect(triggerStepStates(form(), [], { ...none, hasHeard: true }).at(-1)).toMatchObject({ state: "done", summary: "An event arrived" });
  });
});
