/** What the wizard and its server actions say to each other. Types only: the browser carries none of the checks. */

import type { TypedSecrets } from "#components/drafts/draft-saver.ts";
import type { CodeExampleTab } from "#components/resources/code-examples.tsx";
import type { DeleteResource, RestoreResource } from "#components/resources/delete-resource-dialog.tsx";
import type { CombinationReport, DrillReport, Finished, TestReport } from "#lib/connections/schema.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { DraftProblem } from "#lib/resources/check-draft.ts";
import type { SecretDestination } from "#lib/resources/list-secret-references.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import type { HostReport } from "#lib/template/check-host.ts";
import type { PreviewAs } from "#lib/users/schema.ts";

/** What the server found in a draft. `body` is the draft it looked at: a field changed since is judged by the next save. */
export type DraftReview = {
  body: ResourceDraft;
  problems: DraftProblem[];
  hosts: { token: HostReport; request: HostReport };
  /** The project's secrets, by name. */
  secretNames: string[];
  /** Secrets that this draft sends where no live resource sends them, each with the host: an admin must send the test. */
  movedSecrets: SecretDestination[];
};

/** What may be shown of a kept Client Secret. */
export type KeptSecret = { lastFour: string; setBy: string | null; setAt: string };

export type SaveInput = { version: number; body: ResourceDraft; secrets: TypedSecrets };
export type SavedSetup =
  | { kind: "saved"; version: number; savedAt: string; review: DraftReview; clientSecret: KeptSecret | null; testValues?: KeptTestValues }
  | { kind: "conflict"; version: number; theirs: ResourceDraft; by: string | null; at: string };

/** What is kept of the test's values: plain ones by value, secret ones by their last four. */
export type KeptTestValues = Record<string, { value?: string; hint?: string }>;

export type TestAnswer = { report: TestReport; kept: KeptTestValues };
export type DrillAnswer = { report: DrillReport; kept: KeptTestValues };
export type CombinationAnswer = { report: CombinationReport; kept: KeptTestValues };

/** An answer that the API once gave, as it was kept: for a look at what a rule would make of it. */
export type StoredAnswer = {
  id: string;
  /** RFC 3339. */
  at: string;
  method: string;
  path: string;
  status: number;
  headers: [string, string][];
  body: string;
};

export type SetupActions = {
  save: (
    input: { projectId: string; resourceId: string; secrets: { clientSecret?: string }; values: TypedSecrets["values"] } & Omit<
      SaveInput,
      "secrets"
    >,
  ) => Promise<ActionResult<SavedSetup>>;
  publish: (input: { projectId: string; resourceId: string; version: number }) => Promise<ActionResult<Finished>>;
  clearTest: (input: { projectId: string; resourceId: string }) => Promise<ActionResult<{ kept: KeptTestValues }>>;
  readAnswers: (input: { projectId: string; resourceId: string }) => Promise<ActionResult<StoredAnswer[]>>;
  previewAs: (input: { projectId: string; resourceId: string; text: string }) => Promise<ActionResult<PreviewAs>>;
  readExamples: (input: { projectId: string; resourceId: string }) => Promise<ActionResult<CodeExampleTab[]>>;
  duplicate: (input: { projectId: string; resourceId: string }) => Promise<ActionResult<{ id: string }>>;
  remove: DeleteResource;
  restore: RestoreResource;
};
