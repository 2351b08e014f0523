import type { Caller, SdkDependencies } from "./identify-caller.ts";

/** Of a run beside its input. */
const ROW_BYTES = 1_024;

/**
 * What a call may leave behind as the inputs of runs, which stay for months: whoever holds one user's token must not fill the disk.
 * `keep` refuses the body before it is parsed; `kept` counts it once more for each further run that it started.
 */
export function roomFor({ limits }: SdkDependencies, { scope, externalId }: Pick<Caller, "scope" | "externalId">) {
  let size = 0;
  return {
    keep: (bytes: number): void => {
      size = bytes + ROW_BYTES;
      limits.keep(scope.projectId, externalId, size);
    },
    kept: (runs: number): void => limits.kept(scope.projectId, externalId, (runs - 1) * size),
  };
}
