import { z } from "zod";
import { getSpine } from "#app/_gates/spine.ts";
import { streamAction } from "#app/_gates/stream-action.ts";
import type { DrillAnswer } from "#components/resources/setup/setup-types.ts";
import { drillTokens } from "#lib/connections/drill-tokens.ts";
import { type DrillStep, TestValues } from "#lib/connections/schema.ts";
import { can } from "#lib/projects/roles.ts";
import { readKeptTestValues } from "../read-setup.ts";

/** The Refresh drill: a line for each step as it ends, then what was learnt. */
export const POST = streamAction({
  permission: "resources.test",
  input: z.object({ resourceId: z.uuid(), values: TestValues }),
  run: async ({ scope, actor, role, input, requestId }, tell: (step: DrillStep) => void): Promise<DrillAnswer> => {
    const spine = getSpine();
    const report = await drillTokens(
      spine,
      scope,
      actor,
      { ...input, requestId, byAdmin: can(role, "secrets.write"), allowsHttp: spine.allowsHttp },
      tell,
    );
    return { report, kept: await readKeptTestValues(scope, input.resourceId) };
  },
});
