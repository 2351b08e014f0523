"use client";

import { createContext, use } from "react";
import type { Control, FieldValues } from "react-hook-form";
import type { KnownVariable, VariableCatalog } from "#lib/template/variables.ts";

/** What the fields of one step share: its form, the variables that it may read, and what the server found wrong. */
export type StepForm = {
  id: string;
  control: Control<FieldValues>;
  set: (path: string, value: unknown) => void;
  known: VariableCatalog;
  sampleOf: (variable: KnownVariable) => string | undefined;
  problemAt: (path: string) => string | undefined;
  readOnly: boolean;
};

const StepFormContext = createContext<StepForm | null>(null);
export const StepFormProvider = StepFormContext;

export function useStepForm(): StepForm {
  const form = use(StepFormContext);
  if (!form) throw new Error("useStepForm stands outside a step's panel");
  return form;
}

/** A field's id: links from the list of problems lead to it. */
export const stepFieldId = (stepId: string, path: string): string => `step-${stepId}-${path}`;
