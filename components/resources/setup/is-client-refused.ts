import type { TestReport } from "#lib/connections/schema.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";

/** Failures that another way of sending the client may mend. */
export const isClientRefused = ({ authType }: ResourceDraft, report: TestReport | null): boolean => {
  if (authType === "api_key") return false;
  const token = report?.lanes.find(({ kind }) => kind === "token");
  return token?.state === "failed" && ["invalid_client", "refused"].includes(token.problem?.kind ?? "") && token.response !== undefined;
};
