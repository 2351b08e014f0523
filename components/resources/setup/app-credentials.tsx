"use client";

import { ApiKeys } from "./api-keys.tsx";
import { CredentialFields } from "./credential-fields.tsx";
import { OAuthSettings } from "./oauth-settings.tsx";
import { useSetup } from "./setup-context.ts";

/** App level has no Authorization step: its settings and its one set of values are here. */
export function AppCredentials() {
  const { draft } = useSetup();
  return (
    <section className="section-rule" aria-labelledby="app-credentials">
      <div className="mb-3">
        <h2 id="app-credentials">App credentials</h2>
        <p className="text-2">One set for all users. What you type is kept sealed by Next or a test request, and goes live with Finish.</p>
      </div>
      {!draft.authType && <p className="text-3">Choose an authentication type in API Info first.</p>}
      {draft.authType === "api_key" && <ApiKeys />}
      {draft.authType && draft.authType !== "api_key" && <OAuthSettings />}
      <div className="setup-credentials mt-4 empty:hidden">
        <CredentialFields />
      </div>
    </section>
  );
}
