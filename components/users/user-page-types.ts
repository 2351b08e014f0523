import type { ActionResult } from "#lib/errors.ts";
import type { ShownStatus, TimelineView } from "#lib/users/schema.ts";
import type { RunStatus } from "#lib/workflows/run-words.ts";

export interface UserDetail {
  id: string;
  externalId: string;
  name: string | null;
  email: string | null;
  metadata: Record<string, unknown>;
  /** ISO, as all moments here. */
  createdAt: string;
  lastSeenAt: string | null;
}

/** A credential as its page shows it: facts, and what healthOf says of them. */
export interface CredentialDetail {
  id: string;
  resourceId: string;
  resource: string;
  appearance: { icon: string; colour: number };
  isApiKey: boolean;
  status: ShownStatus;
  sentence: string;
  fix: string | null;
  /** Renewals fail for now, while the token may still live. */
  isStruggling: boolean;
  checkedAt: string | null;
  expiresAt: string | null;
  lastRefreshedAt: string | null;
  nextRefreshAt: string | null;
  verifiedAt: string | null;
  nextCheckAt: string | null;
  /** Null where the resource reads none. */
  profile: {
    /** Whether there is one, of whatever age. */
    isKnown: boolean;
    /** Null until something has proven it. */
    id: string | null;
    fields: { name: string; value: string }[];
    /** When it was last read, or tried to be. */
    triedAt: string | null;
    /** Readings fail since then, for this reason; one that was read before is kept. */
    failing: { since: string; reason: string } | null;
  } | null;
  /** What was supplied that isn't secret. */
  supplied: { key: string; label: string; value: string }[];
  /** Last four characters of long tokens. */
  hints: Record<string, string>;
}

export interface TimelineItem {
  id: string;
  at: string;
  kind: string;
  cause: string;
  by: string | null;
  member: string | null;
}
/** A run that made calls with the credential: when it first did. */
export interface TimelineUse {
  id: string;
  at: string;
  /** Null when the workflow was deleted. */
  workflow: string | null;
}
export interface TimelinePage {
  events: TimelineItem[];
  /** Of the same stretch of time as the events. */
  uses: TimelineUse[];
  /** More runs than are told. */
  hasMoreUses: boolean;
  next: string | null;
}

/** What the API said; `null`: there was nothing to do. */
export type ActOutcome = { ok: true } | { ok: false | null; message: string; fix: string };

/** A published workflow as it stands for the user. */
export interface UserWorkflowRow {
  id: string;
  name: string;
  /** For the whole project. */
  isEnabled: boolean;
  pausedReason: string | null;
  isOnByDefault: boolean;
  /** The user's own switch; null: the default holds. */
  own: boolean | null;
  /** Names of resources that its steps use and the user hasn't connected. */
  missing: string[];
  lastRun: { id: string; at: string; status: RunStatus } | null;
}
/** `enabled` null gives the switch back to the workflow's default. */
export type SwitchUserWorkflow = (values: {
  projectId: string;
  userId: string;
  workflowId: string;
  enabled: boolean | null;
}) => Promise<ActionResult<void>>;

type CredentialValues = { projectId: string; userId: string; credentialId: string };
export interface UserActions {
  refresh: (values: CredentialValues) => Promise<ActionResult<ActOutcome>>;
  verify: (values: CredentialValues) => Promise<ActionResult<ActOutcome>>;
  disconnect: (values: CredentialValues) => Promise<ActionResult<void>>;
  remove: (values: { projectId: string; userId: string }) => Promise<ActionResult<void>>;
  switchWorkflow: SwitchUserWorkflow;
  readTimeline: (values: {
    projectId: string;
    credentialId: string;
    view: TimelineView;
    before: string | null;
  }) => Promise<ActionResult<TimelinePage>>;
}
