"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { countAttention } from "./read-attention.ts";

/** For the sidebar. */
export const countAttentionAction = action({
  permission: "activity.read",
  input: z.unknown(),
  run: ({ scope }) => countAttention(scope, new Date()),
});
