/** What a recorder can be asked, by name. Arguments and answers travel as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: each recorder names its own arguments; asking is typed by its `Asks`
export type Asks = Record<string, (...given: any[]) => unknown>;

export type Asked = { id: number; name: string; given: unknown[] };
export type Answered = { id: number; answer?: unknown; failure?: string };

/** The recorder's side: says where it listens, then answers until whoever started it is gone. */
export function serveAsks(ports: Record<string, number>, asks: Asks): void {
  process.on("message", async ({ id, name, given }: Asked) => {
    try {
      process.send?.({ id, answer: await asks[name]?.(...given) } satisfies Answered);
    } catch (error) {
      process.send?.({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answered);
    }
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ ports });
}
