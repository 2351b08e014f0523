import { fork } from "node:child_process";
import path from "node:path";
import type { Answered, Asks } from "./serve-asks.ts";

type Name = "token-server" | "api" | "bad-api" | "meter" | "steps";

/** A judge in a process of its own: it writes down what it saw, and knows nothing of the product. */
export type Recorder<All extends Asks> = {
  pid: number;
  /** Where it listens, on 127.0.0.1, by its own names. */
  ports: Record<string, number>;
  ask<One extends keyof All & string>(name: One, ...given: Parameters<All[One]>): Promise<Awaited<ReturnType<All[One]>>>;
  end(): Promise<void>;
};

export async function startRecorder<All extends Asks>(name: Name, variables: Record<string, string> = {}): Promise<Recorder<All>> {
  const child = fork(path.join(import.meta.dirname, `${name}.ts`), {
    // Stands for somebody else: it gets to see nothing of ours.
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...variables },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ports = await new Promise<Record<string, number>>((resolve, reject) => {
    child.once("message", (message: { ports: Record<string, number> }) => resolve(message.ports));
    child.once("exit", (code) => reject(new Error(`The recorder ${name} ended (${code}).`)));
  });
  child.on("message", ({ id, answer, failure }: Answered) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (failure === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(failure));
  });
  child.once("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error(`The recorder ${name} is gone.`));
  });
  let asked = 0;
  return {
    pid: child.pid!,
    ports,
    ask: (one, ...given) =>
      new Promise((resolve, reject) => {
        waiting.set(++asked, { resolve: resolve as (answer: unknown) => void, reject });
        child.send({ id: asked, name: one, given });
      }),
    end: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
