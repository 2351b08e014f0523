"use client";

import { createContext, use } from "react";
import type { Control, UseFormReturn } from "react-hook-form";
import type { LearnedTokens, TestReport } from "#lib/connections/schema.ts";
import type { SetupStep } from "#lib/paths.ts";
import type { ResourceDefinition, ResourceDraft } from "#lib/resources/schema.ts";
import type { KnownVariable } from "#lib/template/variables.ts";
import type { CurrentProblem } from "./current-problems.ts";
import type { DraftReview, KeptSecret, KeptTestValues, SetupActions } from "./setup-types.ts";

export type LiveResource = { number: number; body: ResourceDefinition; users: number };

/** What all steps share: one form for the whole draft, what the server found in it, and secrets that are typed but not kept yet. */
export type Setup = {
  projectId: string;
  resourceId: string;
  name: string;
  step: SetupStep;
  live: LiveResource | null;
  may: { publish: boolean; remove: boolean };
  actions: SetupActions;

  form: UseFormReturn<ResourceDraft>;
  control: Control<ResourceDraft>;
  /** What is typed, a moment behind while typing fast. */
  draft: ResourceDraft;
  problems: CurrentProblem[];
  hosts: DraftReview["hosts"];
  secretNames: DraftReview["secretNames"];
  movedSecrets: DraftReview["movedSecrets"];
  /** The problem to show at a field: what is missing stays unsaid until the step was left. */
  problemAt: (path: string) => CurrentProblem | undefined;
  /** Brings a field into view and focuses it, on whichever step it is. */
  reveal: (step: SetupStep, path: string) => void;
  revealed: { step: SetupStep; path: string; n: number } | null;
  addInput: (key: string) => void;

  clientSecret: { typed: string; type: (value: string) => void; kept: KeptSecret | null };
  /** Values of the test user (or the app): typed ones are kept by Next, Finish and Send Test Request, never by autosave. */
  testValues: { typed: Record<string, string>; type: (key: string, value: string | undefined) => void; kept: KeptTestValues };
  setKept: (kept: KeptTestValues) => void;
  clearTyped: () => void;
  sampleOf: (variable: KnownVariable) => string | undefined;

  lastTest: TestReport | null;
  setLastTest: (report: TestReport) => void;
  /** By the newest Refresh drill that went through. */
  learned: LearnedTokens | null;
  setLearned: (learned: LearnedTokens) => void;
  /** Saves now, typed secrets included. False when something stands against it; the top bar says what. */
  save: () => Promise<boolean>;
  /** The same but for the typed test values, where a test that follows keeps these. */
  saveForTest: () => Promise<boolean>;
  version: () => number;
};

const SetupContext = createContext<Setup | null>(null);
export const SetupProvider = SetupContext;

export function useSetup(): Setup {
  const setup = use(SetupContext);
  if (!setup) throw new Error("useSetup stands outside the wizard");
  return setup;
}

export const fieldId = (path: string): string => `field-${path}`;
