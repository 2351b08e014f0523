/** What an activity row keeps of a call, redacted. Bodies only of failures (8 KiB) and of tests (64 KiB). */
export type ActivityDetail = {
  request: SeenRequest;
  response?: SeenResponse;
  /** For a call that got no answer: what happened and what to do. */
  failure?: { kind: string; message: string; fix: string };
};

export type SeenRequest = { method: string; url: string; headers: [string, string][]; body?: string };
export type SeenResponse = {
  status: number;
  statusText: string;
  headers: [string, string][];
  body?: string;
  size: number;
  truncated?: boolean;
};

/** Upper bounds of the latency histogram, in milliseconds; one more bucket holds the rest. */
export const LATENCY_BOUNDS = [5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000, 30_000] as const;
