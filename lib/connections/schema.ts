/** What a test of a resource reports. Browser-safe, redacted: no secret is in it. */
import { z } from "zod";
import type { SeenRequest, SeenResponse } from "#lib/activity/schema.ts";
import type { OAuthSettings } from "#lib/resources/schema.ts";

/**
 * Values typed in Test and Publish, by key of `suppliedFields`. A field left out keeps the stored value; null clears it.
 */
export const TestValues = z.record(
  z.string().max(64),
  z.string().max(16_384, "This value is longer than 16,384 characters, the most that is kept. Paste a shorter one.").nullable(),
  "The test credentials couldn’t be read. Reload the page and type them again.",
);
export type TestValues = z.infer<typeof TestValues>;

export type LaneKind = "token" | "call" | "profile";
export type LaneState = "passed" | "failed" | "not_sent" | "not_needed";

export type TestLane = {
  kind: LaneKind;
  state: LaneState;
  request?: SeenRequest;
  response?: SeenResponse;
  durationMs?: number;
  /** Rules that were checked, in order: "A token is at `$.access_token`". */
  rules: { passed: boolean; text: string }[];
  /** What was kept of it: "Access token, rotated refresh token", or "Nothing". */
  stored: string;
  /** For a failed lane: what happened, what to do, and one click that does it. */
  problem?: LaneProblem;
  /** For a lane that wasn't sent: why. */
  note?: string;
};

export type LaneProblem = {
  /** Machine word: a failure kind of lib/transport or of the token endpoint, "unauthorized", "status", "rule", "profile". */
  kind: string;
  message: string;
  fix: string;
  /** Sets one field of the draft, such as `profile.idPath` to `$.data.id`; or leads to a field. */
  action?: { label: string; path: string; value?: string | boolean };
};

export type TestReport = {
  /** RFC 3339. */
  at: string;
  passed: boolean;
  durationMs: number;
  lanes: TestLane[];
};

/** What is known of a stored test (or app) credential: never a value that is secret. */
export type StoredTestValues = {
  /** By key: plain values of inputs that aren't secret; for the others only that they are set, and the last four of long tokens. */
  fields: Record<string, { set: true; value?: string; hint?: string }>;
  status: "VALID" | "INVALID" | "PENDING";
  updatedAt: Date;
};

export type Finished = {
  number: number;
  /**
   * At app level, what the one credential is now: `tested`; `untested`, since no test has tried what was typed; `failing`, since its last
   * test failed; `kept`, the one before, since the newly typed values failed their test.
   */
  credential?: "tested" | "untested" | "failing" | "kept";
};

/** What a Refresh drill saw: two refreshes, the test request after each, and once more with the token before. */
export type LearnedTokens = {
  /** RFC 3339. */
  at: string;
  grant: "refresh_token" | "client_credentials";
  /** Absent when nothing told one. */
  lifetimeSeconds?: number;
  rotatesRefreshToken: boolean;
  /** Whether the access token before the refresh was still taken after it. Absent when the answer told neither. */
  oldAccessTokenWorks?: boolean;
  scopeChanged: boolean;
  /** What the last answer granted, where it said so. */
  scope?: string;
};

export type DrillStepKind = "first_refresh" | "first_call" | "second_refresh" | "second_call" | "old_token";
export type DrillStep = { step: DrillStepKind; lane: TestLane };
/** `learned` is null when a step failed: then nothing was saved on the resource. */
export type DrillReport = { at: string; steps: DrillStep[]; learned: LearnedTokens | null };

/** One way to send client and body on a token call. */
export type Combination = Pick<OAuthSettings, "clientAuthentication" | "bodyFormat">;
export type CombinationTry = Combination & {
  /** `accepted`: the client was taken, but what it asked for wasn't (RFC 6749, invalid_grant). */
  state: "worked" | "accepted" | "refused";
  status?: number;
  message: string;
  durationMs: number;
};
export type CombinationReport = {
  at: string;
  tries: CombinationTry[];
  /** Why no further way was tried, where none worked. */
  stopped?: string;
};
