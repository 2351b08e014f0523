export type CredentialStatus = "VALID" | "INVALID" | "PENDING";

/** A user's credential for one resource. Never a secret in it: tokens stay in Patchbay. */
export type ConnectCredential = {
  id: string;
  projectId: string;
  /** The Resource ID. */
  integrationId: string;
  personaId: string;
  isPreviewCredential: boolean;
  /** Who the user is at the API, where the resource reads a User Profile. */
  providerId: string | null;
  /** The saved fields of that profile. */
  providerData: Record<string, unknown>;
  status: CredentialStatus;
  /** RFC 3339, as all times here. */
  dateCreated: string;
  dateUpdated: string;
  dateRefreshed: string;
  dateValidUntil?: string;
  refreshFailureCount: number;
  configurations: unknown[];
};

/** What getIntegrationAccount() gives. */
export type IntegrationAccount = ConnectCredential & { type: string; name: string; isActive: boolean; hasCredential: boolean };

/** A resource that can be used, by each of its names. `credentialStatus` is there once the user is connected. */
export type ResourceState = {
  id: string;
  slug: string;
  integrationId?: string;
  credentialId?: string;
  credentialStatus?: CredentialStatus;
};

export type IntegrationState = {
  /** Whether the user is connected and nothing is wrong. */
  enabled: boolean;
  credentialId?: string;
  credentialStatus?: CredentialStatus;
  providerId?: string | null;
  providerData?: Record<string, unknown>;
  allCredentials: ConnectCredential[];
};

/** A workflow that is published, and whether it runs for the user. */
export type WorkflowState = { id: string; name: string; enabled: boolean };

export type AuthenticatedConnectUser = {
  authenticated: true;
  /** The `sub` of the user token. */
  userId: string;
  meta: Record<string, unknown>;
  /** User-level resources by name. */
  integrations: Record<string, IntegrationState>;
  resources: ResourceState[];
  workflows: WorkflowState[];
};

export type ConnectUser = { authenticated: false } | AuthenticatedConnectUser;

export type CallOptions = { signal?: AbortSignal };
export type AuthenticateOptions = CallOptions & {
  /** The API base of your Patchbay: `https://api.patchbay.example`, or `https://patchbay.example/api`. Kept for later calls. */
  host?: string;
  /** Replaces what your app has told about the user. */
  metadata?: Record<string, unknown>;
};
export type AccountOptions = CallOptions & {
  /** Only if this is the user's credential now. */
  selectedCredentialId?: string;
  /** Known to the published client. Changes nothing: tokens stay in Patchbay. */
  includeAccountAuth?: boolean;
};
export type RequestOptions = CallOptions & {
  method?: string;
  headers?: HeadersInit;
  /** An object or a list is sent as JSON. A text without a Content-Type is, too, when it parses. All else goes as `fetch` sends it. */
  body?: BodyInit | object | null;
  /** Known to the published client. Changes nothing: a user has one credential for a resource. */
  selectedCredentialId?: string;
};
/** Known to the published client. Change nothing: a user has one credential for a resource. */
type Selection = { selectedCredentialId?: string; selectedConfigurationId?: string };
export type EventOptions = CallOptions & Selection;
export type WorkflowSwitchOptions = CallOptions & Selection;
export type WorkflowOptions = CallOptions &
  Selection & {
    /** Sent as JSON; an empty object when left out. */
    body?: unknown;
    query?: Record<string, string>;
    headers?: HeadersInit;
  };
