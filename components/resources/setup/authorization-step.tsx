"use client";

import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { setupStepPath } from "#lib/paths.ts";
import { KeySettings, OAuthSettings } from "./lazy-settings.tsx";
import { useSetup } from "./setup-context.ts";

const TEXTS = {
  oauth2_refresh_token: "How Patchbay gets and renews the tokens of each user.",
  oauth2_client_credentials: "How Patchbay asks for tokens with your client.",
  api_key: "What each user supplies to reach the API.",
};

export function AuthorizationStep() {
  const { draft, projectId, resourceId } = useSetup();
  const { authType, level } = draft;
  return (
    <>
      <WizardHead title="Authorization">{authType ? TEXTS[authType] : "How the API checks who is calling."}</WizardHead>
      {level === "app" && (
        <Note title="App-level resources have no Authorization step.">
          Their credentials are in <Link href={setupStepPath(projectId, resourceId, "request-details")}>Request Details</Link>, under App
          credentials.
        </Note>
      )}
      {level !== "app" && !authType && (
        <Note title="No authentication type is chosen yet.">
          Choose it in <Link href={setupStepPath(projectId, resourceId, "api-info")}>API Info</Link>; its fields appear here.
        </Note>
      )}
      {level !== "app" && authType === "api_key" && <KeySettings />}
      {level !== "app" && authType && authType !== "api_key" && <OAuthSettings />}
    </>
  );
}
