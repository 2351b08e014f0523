"use client";

import { createContext, use } from "react";
import type { FieldPath, UseFormReturn } from "react-hook-form";
import type { ActionResult } from "#lib/errors.ts";
import type { VariableCatalog } from "#lib/template/variables.ts";
import type { DeliveryPayload, TriggerDraft, TriggerProblem } from "#lib/triggers/schema.ts";
import type { DeliveryStatus } from "#lib/triggers/words.ts";

export type TriggerForm = { name: string; body: TriggerDraft };
export type TriggerPath = FieldPath<TriggerForm>;

/** A verification secret as it may be shown: never its value. Times are RFC 3339. */
export type ShownSecret = { id: string; hint: string; setBy: string | null; setAt: string; lastSeenAt: string | null };

/** What was captured of an event, redacted, for mapping and for trying the filter. */
export type CapturedSample = { id: string; at: string; payload: DeliveryPayload };

export type SavedTrigger = { version: number; ready: boolean; problems: TriggerProblem[] };

type Act<Values, Data = void> = (values: { projectId: string; triggerId: string } & Values) => Promise<ActionResult<Data>>;

export interface TriggerActions {
  save: Act<{ version: number; name: string; body: TriggerDraft }, SavedTrigger>;
  remove: Act<object>;
  addSecret: Act<{ value: string }>;
  removeSecret: Act<{ secretId: string }>;
  /** One user's URL of a user-level trigger, by the id that the app knows them by. */
  makeUserUrl: Act<{ externalId: string }, { url: string }>;
  /** What arrived, newest first. */
  listen: Act<object, HeardEvent[]>;
}

export type HeardEvent = CapturedSample & { status: DeliveryStatus; message: string | null };

export type TriggerSetup = {
  projectId: string;
  triggerId: string;
  form: UseFormReturn<TriggerForm>;
  /** By the newest save. */
  problems: readonly TriggerProblem[];
  mayEdit: boolean;
  /** Variables of the two subscription requests. */
  known: { create: VariableCatalog; teardown: VariableCatalog };
  secrets: readonly ShownSecret[];
  samples: readonly CapturedSample[];
  actions: TriggerActions;
};

const TriggerContext = createContext<TriggerSetup | null>(null);
export const TriggerProvider = TriggerContext;

export function useTrigger(): TriggerSetup {
  const setup = use(TriggerContext);
  if (!setup) throw new Error("useTrigger stands outside a trigger's setup");
  return setup;
}
