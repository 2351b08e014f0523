import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { Product } from "./open-product.ts";

export type Baseline = { origin: string; child: ChildProcess };

/** The least code for the same work, in a process of its own on the product's database. End it by disconnecting. */
export const startBaseline = (
  name: "connect" | "proxied" | "webhook-ack",
  { app, publicKeyPem }: Pick<Product, "publicKeyPem"> & { app: Pick<Product["app"], "databaseUrl"> },
  variables: Record<string, string> = {},
): Promise<Baseline> => start(name, { DATABASE_URL: app.databaseUrl, BENCH_PUBLIC_KEY: publicKeyPem, ...variables });

/** The least that can stand between a client and an API, in a process of its own. End it by disconnecting. */
export const startPassThrough = (): Promise<Baseline> => start("pass-through", {});

async function start(name: string, variables: Record<string, string>): Promise<Baseline> {
  const child = fork(path.join(import.meta.dirname, `baselines/${name}.ts`), {
    env: { ...process.env, NODE_ENV: "production", ...variables },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(message as number));
    child.once("exit", (code) => reject(new Error(`The baseline ended (${code}).`)));
  });
  return { origin: `http://127.0.0.1:${port}`, child };
}

/** No name look-up for any contender. */
export const local = (url: string) => url.replace("//localhost", "//127.0.0.1");
