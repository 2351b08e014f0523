"use client";

import { createContext, use } from "react";
import type { FieldPath, UseFormReturn } from "react-hook-form";
import type { TriggerStep } from "#lib/paths.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import type { VariableCatalog } from "#lib/template/variables.ts";
import type { TriggerForm } from "#lib/triggers/schema.ts";
import type { HeardEvent } from "../heard-events.ts";
import type { ShownSecret } from "../secrets-of-trigger.tsx";
import type { SetupActions } from "./setup-types.ts";
import type { CurrentTriggerProblem } from "./trigger-steps.ts";

export type TriggerPath = FieldPath<TriggerForm>;

/** What all steps share: one form for the whole trigger, what the server found in it, and what arrived. */
export type TriggerSetup = {
  projectId: string;
  triggerId: string;
  /** As requests are built with it: the published definition, or the draft where there is none. */
  resource: { id: string; name: string; level: "user" | "app"; isLive: boolean; definition: ResourceDraft; hasTestCredential: boolean };
  step: TriggerStep;
  form: UseFormReturn<TriggerForm>;
  /** What is typed, a moment behind while typing fast. */
  draft: TriggerForm;
  problems: readonly CurrentTriggerProblem[];
  /** The problem to show at a field: what is missing stays unsaid until the step was left. */
  problemAt: (path: string) => CurrentTriggerProblem | undefined;
  /** Set up to its end before: what is typed waits for Finish. */
  isFinished: boolean;
  /** For app-level triggers. */
  url: string;
  /** Variables of the two subscription requests. */
  known: { create: VariableCatalog; teardown: VariableCatalog };
  secrets: readonly ShownSecret[];
  may: { finish: boolean; setSecrets: boolean };
  /** Newest first, whatever became of them. */
  heard: readonly HeardEvent[];
  setHeard: (heard: HeardEvent[]) => void;
  actions: SetupActions;
};

const SetupContext = createContext<TriggerSetup | null>(null);
export const SetupProvider = SetupContext;

export function useTrigger(): TriggerSetup {
  const setup = use(SetupContext);
  if (!setup) throw new Error("useTrigger stands outside a trigger's wizard");
  return setup;
}

/** `path` as problems and the form name it: `name`, `secret`, or dotted below the body. */
export const fieldId = (path: string): string => `trigger-${path}`;
