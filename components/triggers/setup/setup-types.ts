/** What the wizard and its server actions say to each other. Types only. */
import type { ActionResult } from "#lib/errors.ts";
import type { TriggerForm, TriggerProblem } from "#lib/triggers/schema.ts";
import type { HeardEvent } from "../heard-events.ts";
import type { SecretActions } from "../secrets-of-trigger.tsx";

/** What the server found in what was typed; `body` is what it looked at. */
export type TriggerReview = { body: TriggerForm; problems: TriggerProblem[] };

export type SavedTrigger =
  | { kind: "saved"; version: number; savedAt: string; review: TriggerReview }
  | { kind: "conflict"; version: number; theirs: TriggerForm; by: string | null; at: string };

type Act<Values, Data = void> = (values: { projectId: string; triggerId: string } & Values) => Promise<ActionResult<Data>>;

export interface SetupActions extends SecretActions {
  save: Act<{ version: number; draft: TriggerForm }, SavedTrigger>;
  finish: Act<{ version: number }>;
  /** One user's URL of a user-level trigger, by the id that the app knows them by. */
  makeUserUrl: Act<{ externalId: string }, { url: string }>;
  /** What arrived, newest first. */
  listen: Act<object, HeardEvent[]>;
}
