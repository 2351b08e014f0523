import { testResource } from "#lib/connections/test-resource.ts";
import { TestCall, testCallRoute } from "../test-call-route.ts";

/** Send Test Request: a line for each lane, then the report. */
export const POST = testCallRoute(TestCall, testResource);
