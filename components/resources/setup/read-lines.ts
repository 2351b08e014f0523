import type { ActionResult } from "#lib/errors.ts";

/**
 * Asks for something that makes real calls, and hears of each as it ends: lines of JSON, `{ "event": ... }` while it runs, then the
 * result. Where the answer breaks off, it isn't known what was done.
 */
export async function readLines<Event, Data>(address: string, body: object, onEvent: (event: Event) => void): Promise<ActionResult<Data>> {
  let result: ActionResult<Data> | undefined;
  const take = (line: string) => {
    if (line.trim() === "") return;
    const read = JSON.parse(line) as { event: Event } | ActionResult<Data>;
    if ("event" in read) onEvent(read.event);
    else result = read;
  };
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const lines = (rest + chunk.value).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    }
    take(rest);
  } catch {
    result = undefined;
  }
  const message = "The server didn’t answer to the end, so it isn’t known which calls were made. Send it again.";
  return result ?? { ok: false, error: { code: "unavailable", message, requestId: "" } };
}
