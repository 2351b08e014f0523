import { z } from "zod";
import type { ProjectContext } from "#app/_gates/action.ts";
import { getSpine } from "#app/_gates/spine.ts";
import { streamAction } from "#app/_gates/stream-action.ts";
import type { KeptTestValues } from "#components/resources/setup/setup-types.ts";
import type { TestInput } from "#lib/connections/prepare-test.ts";
import { TestValues } from "#lib/connections/schema.ts";
import { can } from "#lib/projects/roles.ts";
import { readKeptTestValues } from "./read-setup.ts";

export const TestCall = z.object({ resourceId: z.uuid(), version: z.int().min(1).optional(), values: TestValues });

type Act<Input, Event, Report> = (
  spine: ReturnType<typeof getSpine>,
  scope: ProjectContext<unknown>["scope"],
  actor: ProjectContext<unknown>["actor"],
  input: Input & TestInput,
  tell: (event: Event) => void,
) => Promise<Report>;

/** A route by which the wizard makes real calls with the test credential: a line for each as it ends, then what came of them all. */
export const testCallRoute = <Schema extends typeof TestCall, Event, Report>(input: Schema, act: Act<z.output<Schema>, Event, Report>) =>
  streamAction({
    permission: "resources.test",
    input,
    run: async (context, tell: (event: Event) => void): Promise<{ report: Report; kept: KeptTestValues }> => {
      const { scope, actor, role, requestId } = context;
      const spine = getSpine();
      const given = { ...context.input, requestId, byAdmin: can(role, "secrets.write"), allowsHttp: spine.allowsHttp };
      const report = await act(spine, scope, actor, given, tell);
      return { report, kept: await readKeptTestValues(scope, given.resourceId) };
    },
  });
