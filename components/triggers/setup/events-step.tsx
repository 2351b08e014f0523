"use client";

import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { DedupeSection } from "./dedupe-section.tsx";
import { FilterSection } from "./filter-section.tsx";
import { ResponseSection } from "./response-section.tsx";
import { UserSection } from "./user-section.tsx";

/** Whose event it is, which ones count, and what the API is answered. */
export function EventsStep() {
  return (
    <>
      <WizardHead title="Events">Whose event it is, which ones start something, and what the API is answered.</WizardHead>
      <UserSection />
      <FilterSection />
      <DedupeSection />
      <ResponseSection />
    </>
  );
}
