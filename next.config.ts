import type { NextConfig } from "next";

const config: NextConfig = {
  // What it can't compile renders anew each time, unseen: the build refuses it.
  reactCompiler: { panicThreshold: "all_errors" },
  poweredByHeader: false,
  typedRoutes: false,
  // The machine API's paths are those of other people's APIs: whether one ends in a slash is theirs to say.
  skipTrailingSlashRedirect: true,
  // Native modules and libraries that read their own files stay out of the bundle.
  serverExternalPackages: ["@node-rs/argon2", "postgres", "pino", "undici", "shiki", "pg-boss", "quickjs-emscripten-core"],
  // Icons as one element each: components/ui/draw-icon.tsx says why.
  turbopack: { resolveAlias: { "../createLucideIcon.mjs": "./components/ui/draw-icon.tsx" } },
  // Arguments of actions hold passwords and secrets: the development server must not print them.
  logging: { serverFunctions: false },
  // forbidden() for members whose role isn't enough.
  experimental: { serverActions: { bodySizeLimit: "2mb" }, authInterrupts: true },
};

export default config;
