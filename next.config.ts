import type { NextConfig } from "next";

const config: NextConfig = {
  reactCompiler: true,
  poweredByHeader: false,
  typedRoutes: false,
  // Native modules and libraries that read their own files stay out of the bundle.
  serverExternalPackages: ["@node-rs/argon2", "postgres", "pino", "undici", "shiki"],
  experimental: { serverActions: { bodySizeLimit: "2mb" } },
};

export default config;
