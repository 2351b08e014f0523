import { databaseNow } from "#db/clock.ts";
import { nextTick } from "./read-schedule.ts";
import type { WorkflowTrigger } from "./schema.ts";

/** Of a workflow that stood still and goes on: what its clock would have started meanwhile isn't made up for. */
export const clockFromNow = (trigger: WorkflowTrigger): { nextRunAt?: Date | null } =>
  trigger.type === "schedule" ? { nextRunAt: nextTick(trigger, new Date(databaseNow())) } : {};
