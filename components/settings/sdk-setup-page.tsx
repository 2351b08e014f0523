"use client";

import { Card } from "#components/ui/card.tsx";
import { IdRow } from "#components/ui/key-values.tsx";
import type { ActionResult } from "#lib/errors.ts";
import type { UserTokenKey } from "#lib/projects/user-token-checks.ts";
import { RequireAudience } from "./require-audience.tsx";
import { SigningKeys } from "./signing-keys.tsx";
import { TestToken } from "./test-token.tsx";
import { TokenDoctor } from "./token-doctor.tsx";

export type SigningKeyView = UserTokenKey & {
  name: string;
  spki: string;
  createdAt: Date;
  createdBy: string | null;
  lastUsedAt: Date | null;
};

type NewKey = ActionResult<{ id: string; kid: string }>;

/** Left out for those who may not. */
export type SdkSetupActions = {
  addKey: (values: { projectId: string; publicKeyPem: string; kid?: string; name?: string }) => Promise<NewKey>;
  addTestKey: (values: { projectId: string; publicKeyPem: string; sub: string }) => Promise<NewKey>;
  revokeKey: (values: { projectId: string; keyId: string }) => Promise<ActionResult<null>>;
  setRequireAudience: (values: { projectId: string; requireAudience: boolean }) => Promise<ActionResult<null>>;
};

export interface SdkSetupPageProps {
  project: { id: string; name: string; requireAudience: boolean };
  keys: readonly SigningKeyView[];
  addresses: { api: string; dashboardApi: string };
  actions?: SdkSetupActions;
}

export function SdkSetupPage({ project, keys, addresses, actions }: SdkSetupPageProps) {
  return (
    <div className="stack">
      <SigningKeys projectId={project.id} keys={keys.filter((key) => key.boundSub === null)} actions={actions} />
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,340px)] items-start gap-4 max-lg:grid-cols-1">
        <TokenDoctor project={project} keys={keys} />
        <div className="stack">
          <Card title="Base addresses">
            <IdRow name="API, for the SDK and REST" value={addresses.api} />
            <IdRow name="The same API on the dashboard’s address" value={addresses.dashboardApi} />
            <IdRow name="Project ID" value={project.id} />
          </Card>
          {actions && <TestToken projectId={project.id} addTestKey={actions.addTestKey} />}
          <RequireAudience project={project} set={actions?.setRequireAudience} />
        </div>
      </div>
    </div>
  );
}
