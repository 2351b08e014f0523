import { drillTokens } from "#lib/connections/drill-tokens.ts";
import { TestCall, testCallRoute } from "../test-call-route.ts";

/** The Refresh drill: a line for each step, then what was learnt. */
export const POST = testCallRoute(TestCall, drillTokens);
