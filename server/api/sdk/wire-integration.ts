import type { CredentialStatus } from "#lib/credentials/schema.ts";
import { WORKFLOWS_NAME } from "#lib/resources/words.ts";
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

export type WorkflowState = { id: string; name: string; enabled: boolean };

/** The published client looks workflows up through integrations: theirs is one of its own, which projects without workflows need, too. */
export const toWorkflowsIntegration = (workflows: readonly WorkflowState[]) => ({
  type: WORKFLOWS_NAME,
  configs: [{ values: { workflowMeta: Object.fromEntries(workflows.map(({ id, name }) => [id, { id, name }])) } }],
});

/**
 * How a user stands with the project's workflows, as a credential that is always valid: the client switches workflows in the default
 * configuration of one. Its id is the user's own, and so is the configuration's: nothing is looked up by them.
 */
export function toWorkflowsState(userId: string, workflows: readonly WorkflowState[]) {
  const workflowSettings = Object.fromEntries(workflows.map(({ id, enabled }) => [id, { enabled, settings: {} }]));
  const configuration = { id: userId, connectCredentialId: userId, isDefault: true, workflowSettings };
  return {
    enabled: true,
    credentialId: userId,
    credentialStatus: "VALID" satisfies CredentialStatus,
    allConfigurations: [configuration],
    allCredentials: [{ id: userId, status: "VALID" satisfies CredentialStatus, configurations: [configuration] }],
  };
}
