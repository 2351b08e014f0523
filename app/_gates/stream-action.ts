import type { z } from "zod";
import type { Permission } from "#lib/projects/roles.ts";
import { action, type ProjectContext } from "./action.ts";

/** 30 inputs and as many keys, each as long as it may be. */
const MOST_BYTES = 1_048_576;

/**
 * A route that answers in lines of JSON: `{ "event": ... }` while it runs, then the ActionResult. Behind the gate of every action. A
 * route and not a server action, since Next runs a page's actions one after the other, and what is typed while a slow API takes its
 * minute must be saved all the same. What has begun goes on when the reader leaves.
 */
export function streamAction<Schema extends z.ZodType, Event, Data>(options: {
  permission: Permission;
  input: Schema;
  run: (context: ProjectContext<z.output<Schema>>, tell: (event: Event) => void) => Promise<Data>;
}): (request: Request, place: { params: Promise<Record<string, string>> }) => Promise<Response> {
  return async (request, { params }) => {
    // Read before anybody knows who sends it, hence the limit. Values that don't fit are refused behind the gate, never left out.
    const fits = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY) <= MOST_BYTES;
    const body: unknown = fits ? await request.json().catch(() => null) : null;
    const raw = { ...(typeof body === "object" ? body : {}), ...(await params) } as { projectId: string } & z.input<Schema>;
    const encoder = new TextEncoder();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, { highWaterMark: 64 });
    const writer = writable.getWriter();
    const write = (line: unknown) => writer.write(encoder.encode(`${JSON.stringify(line)}\n`)).catch(ignoreReaderGone);
    const act = action({
      permission: options.permission,
      input: options.input,
      run: (context) => options.run(context, (event) => void write({ event })),
    });
    void act(raw)
      .then(write)
      .then(() => writer.close())
      .catch((error: unknown) => writer.abort(error).catch(ignoreReaderGone));
    return new Response(readable, { headers: { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" } });
  };
}

const ignoreReaderGone = () => {};
