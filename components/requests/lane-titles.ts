import type { LaneKind } from "#lib/connections/schema.ts";

export const LANE_TITLES: Record<LaneKind, string> = { token: "Token call", call: "API call", profile: "Profile" };
