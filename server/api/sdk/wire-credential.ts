import type { ConnectedCredential } from "#lib/connections/connect-user.ts";

export type WireCredential = ReturnType<typeof toWireCredential>;

/** A credential as the published client knows it (api.md). Never a secret in it. */
export function toWireCredential(projectId: string, credential: ConnectedCredential) {
  return {
    id: credential.id,
    projectId,
    integrationId: credential.resourceId,
    personaId: credential.userId,
    isPreviewCredential: false,
    providerId: credential.profileId,
    providerData: credential.profile ?? {},
    status: credential.status,
    dateCreated: credential.createdAt.toISOString(),
    dateUpdated: credential.updatedAt.toISOString(),
    dateRefreshed: (credential.refreshedAt ?? credential.createdAt).toISOString(),
    ...(credential.expiresAt ? { dateValidUntil: credential.expiresAt.toISOString() } : {}),
    refreshFailureCount: credential.refreshFailures,
    configurations: [],
  };
}
