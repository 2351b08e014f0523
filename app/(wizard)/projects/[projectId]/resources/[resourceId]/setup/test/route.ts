import { z } from "zod";
import { getSpine } from "#app/_gates/spine.ts";
import { streamAction } from "#app/_gates/stream-action.ts";
import type { TestAnswer } from "#components/resources/setup/setup-types.ts";
import { type TestLane, TestValues } from "#lib/connections/schema.ts";
import { testResource } from "#lib/connections/test-resource.ts";
import { can } from "#lib/projects/roles.ts";
import { readKeptTestValues } from "../read-setup.ts";

/** Send Test Request: a line for each lane as its call ends, then the report. */
export const POST = streamAction({
  permission: "resources.test",
  input: z.object({ resourceId: z.uuid(), values: TestValues }),
  run: async ({ scope, actor, role, input, requestId }, tell: (lane: TestLane) => void): Promise<TestAnswer> => {
    const spine = getSpine();
    const report = await testResource(
      spine,
      scope,
      actor,
      { ...input, requestId, byAdmin: can(role, "secrets.write"), allowsHttp: spine.allowsHttp },
      tell,
    );
    return { report, kept: await readKeptTestValues(scope, input.resourceId) };
  },
});
