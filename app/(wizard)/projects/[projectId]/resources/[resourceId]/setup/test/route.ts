import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getSpine } from "#app/_gates/spine.ts";
import type { TestAnswer } from "#components/resources/setup/setup-types.ts";
import { TestValues } from "#lib/connections/schema.ts";
import { testResource } from "#lib/connections/test-resource.ts";
import { readKeptTestValues } from "../read-setup.ts";

const sendTest = action({
  permission: "resources.test",
  input: z.object({ resourceId: z.uuid(), values: TestValues }),
  run: async ({ scope, actor, input, requestId }): Promise<TestAnswer> => {
    const spine = getSpine();
    const report = await testResource(spine, scope, actor, { ...input, requestId, allowsHttp: spine.allowsHttp });
    return { report, kept: await readKeptTestValues(scope, input.resourceId) };
  },
});

type Place = { params: Promise<{ projectId: string; resourceId: string }> };

/**
 * Send Test Request. A route and not a server action, behind the same gate: Next runs a page's actions one after the other, and
 * what is typed while a slow API takes its minute must be saved all the same.
 */
export async function POST(request: Request, { params }: Place): Promise<Response> {
  const { projectId, resourceId } = await params;
  const body = await request.json().catch(() => null);
  const answer = await sendTest({ projectId, resourceId, values: z.object({ values: TestValues }).safeParse(body).data?.values ?? {} });
  return Response.json(answer, { headers: { "Cache-Control": "no-store" } });
}
