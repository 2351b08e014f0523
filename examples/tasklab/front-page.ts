import type { Answer } from "./answer.ts";
import type { Side, Switch } from "./switches.ts";
export async function readFont(_name: string): Promise<Answer | null> {
  return null;
}
export function renderFrontPage(_host: string, _state: { global: Record<Side, Switch[]>; lifetime: number }): Answer {
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<h1>TaskLab, an example API to try Patchbay with</h1>",
  };
}
