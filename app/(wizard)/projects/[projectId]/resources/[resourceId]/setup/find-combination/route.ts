import { z } from "zod";
import { getSpine } from "#app/_gates/spine.ts";
import { streamAction } from "#app/_gates/stream-action.ts";
import type { CombinationAnswer } from "#components/resources/setup/setup-types.ts";
import { findCombination } from "#lib/connections/find-combination.ts";
import { type CombinationTry, TestValues } from "#lib/connections/schema.ts";
import { can } from "#lib/projects/roles.ts";
import { readKeptTestValues } from "../read-setup.ts";

/** Find the working combination: a line for each try as it is answered, then all of them. */
export const POST = streamAction({
  permission: "resources.test",
  input: z.object({ resourceId: z.uuid(), values: TestValues, consents: z.boolean() }),
  run: async ({ scope, actor, role, input, requestId }, tell: (made: CombinationTry) => void): Promise<CombinationAnswer> => {
    const spine = getSpine();
    const report = await findCombination(
      spine,
      scope,
      actor,
      { ...input, requestId, byAdmin: can(role, "secrets.write"), allowsHttp: spine.allowsHttp },
      tell,
    );
    return { report, kept: await readKeptTestValues(scope, input.resourceId) };
  },
});
