import { z } from "zod";
import { findCombination } from "#lib/connections/find-combination.ts";
import { TestCall, testCallRoute } from "../test-call-route.ts";

/** Find the working combination: a line for each try, then all of them. */
export const POST = testCallRoute(TestCall.extend({ consents: z.boolean() }), findCombination);
