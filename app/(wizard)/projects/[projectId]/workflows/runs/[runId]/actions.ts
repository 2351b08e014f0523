"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getDatabase } from "#db/client.ts";
import { AppError } from "#lib/errors.ts";
import { cancelRun } from "#lib/workflows/cancel-run.ts";
import { loadRun } from "#lib/workflows/load-run.ts";
import { replayRun } from "#lib/workflows/replay-run.ts";
import { REPLAY_VERSIONS } from "#lib/workflows/run-words.ts";

const RunKey = z.object({ at: z.iso.datetime({ precision: 6 }), id: z.guid() });

/** One run with what its steps did, redacted. */
export const readRunAction = action({
  permission: "workflows.read",
  input: z.object({ run: RunKey }),
  run: async ({ scope, input }) => {
    const view = await loadRun(scope, getDatabase(), input.run);
    if (!view) throw new AppError("not_found", "This run isn’t kept any more. Go back to the list of runs.");
    return view;
  },
});

export const cancelRunAction = action({
  permission: "workflows.test",
  input: z.object({ run: RunKey }),
  run: ({ scope, db, actor, input }) => cancelRun(scope, db, actor, input.run),
});

/** Begins a run anew with its input. */
export const replayRunAction = action({
  permission: "workflows.test",
  input: z.object({ run: RunKey, version: z.enum(REPLAY_VERSIONS) }),
  run: ({ scope, actor, input }) => replayRun(scope, getDatabase(), actor, { runId: input.run.id, version: input.version }),
});
