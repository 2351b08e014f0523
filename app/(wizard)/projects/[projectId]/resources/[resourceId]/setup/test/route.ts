import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getSpine } from "#app/_gates/spine.ts";
import type { TestAnswer } from "#components/resources/setup/setup-types.ts";
import { TestValues } from "#lib/connections/schema.ts";
import { testResource } from "#lib/connections/test-resource.ts";
import { can } from "#lib/projects/roles.ts";
import { readKeptTestValues } from "../read-setup.ts";

const sendTest = action({
  permission: "resources.test",
  input: z.object({ resourceId: z.uuid(), values: TestValues }),
  run: async ({ scope, actor, role, input, requestId }): Promise<TestAnswer> => {
    const spine = getSpine();
    const byAdmin = can(role, "secrets.write");
    const report = await testResource(spine, scope, actor, { ...input, requestId, byAdmin, allowsHttp: spine.allowsHttp });
    return { report, kept: await readKeptTestValues(scope, input.resourceId) };
  },
});

/** 30 inputs and as many keys, each as long as it may be. */
const MOST_BYTES = 1_048_576;

type Place = { params: Promise<{ projectId: string; resourceId: string }> };

/**
 * Send Test Request. A route and not a server action, behind the same gate: Next runs a page's actions one after the other, and
 * what is typed while a slow API takes its minute must be saved all the same.
 */
export async function POST(request: Request, { params }: Place): Promise<Response> {
  const { projectId, resourceId } = await params;
  // Read before anybody knows who sends it, hence the limit. Values that don't fit are refused behind the gate, never left out.
  const fits = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY) <= MOST_BYTES;
  const body = fits ? await request.json().catch(() => null) : null;
  const answer = await sendTest({ projectId, resourceId, values: body?.values });
  return Response.json(answer, { headers: { "Cache-Control": "no-store" } });
}
