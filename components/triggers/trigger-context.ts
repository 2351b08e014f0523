"use client";

import { createContext, use } from "react";
import type { FieldPath, UseFormReturn } from "react-hook-form";
import type { ActionResult } from "#lib/errors.ts";
import type { VariableCatalog } from "#lib/template/variables.ts";
import type { DeliveryPayload, EventFilter, TriggerDraft, TriggerProblem } from "#lib/triggers/schema.ts";

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
  addSecret: Act<{ value: string }, SavedTrigger>;
  removeSecret: Act<{ secretId: string }, SavedTrigger>;
  tryFilter: Act<{ filter: EventFilter }, { id: string; passes: boolean; why: string | null }[]>;
  /** What came since: for the panel that listens. */
  listen: Act<{ since: string | null }, HeardDelivery[]>;
}

/** Newest first. */
export type HeardDelivery = {
  id: string;
  at: string;
  status: "accepted" | "filtered" | "duplicate" | "refused" | "unattributed";
  message: string | null;
  payload: DeliveryPayload;
};

export type TriggerSetup = {
  projectId: string;
  triggerId: string;
  form: UseFormReturn<TriggerForm>;
  /** By the newest save. */
  problems: readonly TriggerProblem[];
  mayEdit: boolean;
  /** Variables of the two subscription requests. */
  known: VariableCatalog;
  secrets: readonly ShownSecret[];
  samples: readonly CapturedSample[];
  actions: TriggerActions;
  /** After an act that answers with the trigger's new state. */
  take: (saved: SavedTrigger) => void;
};

const TriggerContext = createContext<TriggerSetup | null>(null);
export const TriggerProvider = TriggerContext;

export function useTrigger(): TriggerSetup {
  const setup = use(TriggerContext);
  if (!setup) throw new Error("useTrigger stands outside a trigger's setup");
  return setup;
}

