/** The little of jsdom that tests use: its own types are a package that nothing else needs. */
declare module "jsdom" {
  export class VirtualConsole {
    on(event: "jsdomError", listener: (error: Error) => void): this;
    on(event: "error" | "warn", listener: (...said: unknown[]) => void): this;
  }
  export class JSDOM {
    constructor(html: string, options: { url: string; runScripts: "outside-only"; resources?: "usable"; virtualConsole?: VirtualConsole });
    readonly window: Window & typeof globalThis;
  }
}
