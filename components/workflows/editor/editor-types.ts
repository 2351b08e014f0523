/** What the workflow editor and its server actions say to each other. Types only: the browser carries none of the checks. */
import type { SeenRequest, SeenResponse } from "#lib/activity/schema.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { KnownVariable } from "#lib/template/variables.ts";
import type { WorkflowDraft } from "#lib/workflows/schema.ts";

/** One thing to fix before publishing. */
export type WorkflowProblem = {
  /** "trigger", the id of a step, or null for the workflow as a whole. */
  at: string | null;
  /** The field in it. */
  path: string;
  message: string;
};

/** `body` is the draft that the server looked at. */
export type WorkflowReview = { body: WorkflowDraft; problems: WorkflowProblem[] };

export type SavedWorkflow =
  | { kind: "saved"; version: number; savedAt: string; review: WorkflowReview }
  | { kind: "conflict"; version: number; theirs: WorkflowDraft; by: string | null; at: string };

/** A resource that workflows can use: it is published. */
export type EditorResource = {
  id: string;
  name: string;
  appearance: { icon: string; colour: number };
  level: "user" | "app";
  baseUrl: string;
  /** Has a credential to test with: the test user's, or the app's. */
  isTestable: boolean;
  /** What its requests know beside the workflow's own. */
  variables: KnownVariable[];
  /** The fully configured ones. */
  triggers: { id: string; name: string }[];
};

/** What a step, or the trigger, last gave: templates are shown and tested with it. */
export type StepSample = {
  value: unknown;
  /** ISO. */
  at: string;
  /** Where it comes from: "Test", "Delivery". */
  from: string;
};
export type StepSamples = Record<string, StepSample>;

/** How a test of one step went. */
export type StepTest = {
  state: "passed" | "failed" | "asks";
  /** In a few words: "201, 84 ms", "True", "3 items". */
  summary: string;
  /** What went wrong, and what to do. */
  problem?: { message: string; fix: string; setUp?: { resourceId: string } };
  /** With secrets masked. `asks`: what would be sent. */
  request?: SeenRequest;
  response?: SeenResponse;
  durationMs?: number;
};
export type StepTestAnswer = { test: StepTest; sample: StepSample | null };

/** The version that runs, and for whom. */
export type WorkflowStanding = {
  number: number | null;
  /** For the whole project. */
  isEnabled: boolean;
  /** For connected users without a switch of their own. */
  isOnByDefault: boolean;
};
/** The users who have one: how many are on and off, beyond 1,000 no longer counted, and the newest of them. */
export type WorkflowSwitches = {
  on: number;
  off: number;
  newest: { userId: string; externalId: string; name: string | null; enabled: boolean; at: string }[];
};

export type VersionRow = { number: number; at: string; by: string | null };
export type WorkflowChange = { kind: "added" | "removed" | "changed" | "moved"; what: string; detail: string };

type Of = { projectId: string; workflowId: string };
export type EditorActions = {
  save: (input: Of & { version: number; body: WorkflowDraft }) => Promise<ActionResult<SavedWorkflow>>;
  publish: (input: Of & { version: number }) => Promise<ActionResult<{ number: number }>>;
  /** What publishing would change. */
  readChanges: (input: Of & { from: number | null; to: number | null }) => Promise<ActionResult<WorkflowChange[]>>;
  readVersions: (input: Of) => Promise<ActionResult<VersionRow[]>>;
  restore: (input: Of & { number: number }) => Promise<ActionResult<Extract<SavedWorkflow, { kind: "saved" }>>>;
  enable: (input: Of & { enabled: boolean }) => Promise<ActionResult<void>>;
  setDefault: (input: Of & { isOn: boolean }) => Promise<ActionResult<void>>;
  readUsers: (input: Of) => Promise<ActionResult<WorkflowSwitches>>;
};
