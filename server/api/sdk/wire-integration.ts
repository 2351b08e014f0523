import type { CredentialStatus } from "#lib/credentials/schema.ts";
import type { WireCredential } from "./wire-credential.ts";

/**
 * A user-level resource as the published client's "integration": its type is the resource's name, its id the resource's. One for each
 * name, so that code with a resource's old name goes on working.
 */
export const toWireIntegration = ({ id, name }: { id: string; name: string }) => ({
  id,
  type: name,
  name,
  isActive: true,
  // The client asks for a slug where the type happens to be "custom".
  customIntegration: { name, slug: name },
  configs: [{ values: { workflowMeta: {} } }],
});

/** How one user stands with it, under its name in `me.integrations`. */
export const toIntegrationState = (credential: WireCredential | undefined) => ({
  enabled: credential?.status === ("VALID" satisfies CredentialStatus),
  ...(credential
    ? {
        credentialId: credential.id,
        credentialStatus: credential.status,
        providerId: credential.providerId,
        providerData: credential.providerData,
      }
    : {}),
  allCredentials: credential ? [credential] : [],
});

/** The published client looks workflows up through integrations: projects that have resources only need one of their own. */
export const WORKFLOWS = {
  type: "_api",
  integration: { type: "_api", configs: [{ values: { workflowMeta: {} } }] },
  state: { enabled: true, allCredentials: [{ status: "VALID", configurations: [] }] },
};
