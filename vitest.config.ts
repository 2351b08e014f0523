import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{lib,db,server,components,app,bench,examples,sdk}/**/*.test.{ts,tsx}"],
    globalSetup: ["./db/testing-setup.ts"],
    testTimeout: 20_000,
    // By default it leaves one of two cores alone.
    maxWorkers: 2,
  },
});
