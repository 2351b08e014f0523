import { API_KEYS, BASIC_USERS, CLIENTS, TENANTS } from "./demo-values.ts";

/** One line to fill in: the wizard's own label, after the name of its section where others have the same, and the exact value. A `slot` is filled by the page once something is chosen or minted. */
export interface Field {
  label: string;
  value: string;
  slot?: "client-id" | "client-secret" | "include" | "access-token" | "refresh-token";
  /** A choice to make rather than a text to paste: no copy button. */
  choice?: true;
}

export interface Step {
  title: string;
  fields: Field[];
  note?: string;
  part?: "clients" | "mint";
}

/** One way into TaskLab, told in the steps and labels of the Create Resource wizard. */
export interface Way {
  id: string;
  title: string;
  about: string;
  steps: Step[];
}

export const INCLUDE = {
  client_secret_basic: "On",
  client_secret_post: "Off, then In the request body",
  none: "Off, then Not sent, with the extra token parameter client_id",
} as const;

const TENANT = TENANTS[0];
const PROFILE: Field[] = [
  { label: "User Profile", value: "On, By request, GET", choice: true },
  { label: "User Profile: Path", value: "/me" },
  { label: "Path of the user id", value: "$.data.id" },
  { label: "Also save: Path of email", value: "$.data.email" },
  { label: "Also save: Path of name", value: "$.data.name" },
];
const TEST: Field[] = [
  { label: "Test Request", value: "GET", choice: true },
  { label: "Path", value: "/tasks" },
];
const INPUT: Field[] = [
  { label: "Required Inputs: Key", value: "tenant" },
  { label: "Required Inputs: Title", value: "Tenant" },
];
const INPUT_VALUE: Field = { label: "Tenant", value: TENANT };
const KEYS: Field = { label: "API Keys", value: "username, password", choice: true };
const BEARER: Field[] = [
  { label: "API Authentication", value: "Bearer Token", choice: true },
  { label: "Token", value: "{{credentials.access_token}}" },
];
const BASIC: Field[] = [
  { label: "API Authentication", value: "Basic", choice: true },
  { label: "Username", value: "{{credentials.username}}" },
  { label: "Password", value: "{{credentials.password}}" },
];

/** `origin` is the address the page was asked for, so that every value works from where the reader is. */
export function listWays(origin: string): Way[] {
  const web = CLIENTS[0]!;
  const service = CLIENTS.find((client) => client.grant === "client_credentials")!;
  const ada = BASIC_USERS[0]!;
  const key = API_KEYS[0]!;

  return [
    {
      id: "refresh-token",
      title: "OAuth 2.0 (Refresh Token)",
      about: "Each user brings a token pair. Patchbay renews it; every renewal replaces the refresh token.",
      steps: [
        {
          title: "API Info",
          fields: [
            { label: "Level", value: "User-Level Resource", choice: true },
            { label: "Authentication type", value: "OAuth 2.0 (Refresh Token)", choice: true },
          ],
        },
        {
          title: "Authorization",
          part: "clients",
          fields: [
            { label: "Access Token URL", value: `${origin}/{{inputs.tenant}}/oauth/token` },
            { label: "Client ID", value: web.id, slot: "client-id" },
            { label: "Client Secret", value: web.secret!, slot: "client-secret" },
            { label: "Include Client ID and Secret", value: INCLUDE[web.authentication], slot: "include", choice: true },
            ...INPUT,
          ],
        },
        {
          title: "Request Details",
          fields: [{ label: "API Base URL", value: `${origin}/{{inputs.tenant}}/v3` }, ...BEARER, ...PROFILE],
          note: "The client tasklab-jwt gets JWT access tokens: there the User Profile can also come from the claims sub, email and name.",
        },
        {
          title: "Test and Publish",
          part: "mint",
          fields: [
            INPUT_VALUE,
            { label: "Access Token", value: "", slot: "access-token" },
            { label: "Refresh Token", value: "", slot: "refresh-token" },
            ...TEST,
          ],
        },
      ],
    },
    {
      id: "client-credentials",
      title: "OAuth 2.0 (Client Credentials)",
      about: "Users bring only their tenant. Patchbay gets the tokens with the app's own client.",
      steps: [
        {
          title: "API Info",
          fields: [
            { label: "Level", value: "User-Level Resource", choice: true },
            { label: "Authentication type", value: "OAuth 2.0 (Client Credentials)", choice: true },
          ],
        },
        {
          title: "Authorization",
          fields: [
            { label: "Access Token URL", value: `${origin}/{{inputs.tenant}}/oauth/token` },
            { label: "Client ID", value: service.id },
            { label: "Client Secret", value: service.secret! },
            { label: "Include Client ID and Secret", value: INCLUDE[service.authentication], choice: true },
            ...INPUT,
          ],
          note: "The client tasklab-service-post, secret service-post-secret-for-the-demo, wants them in the request body instead.",
        },
        { title: "Request Details", fields: [{ label: "API Base URL", value: `${origin}/{{inputs.tenant}}/v3` }, ...BEARER, ...PROFILE] },
        { title: "Test and Publish", fields: [INPUT_VALUE, ...TEST] },
      ],
    },
    {
      id: "api-key",
      title: "API Key",
      about: "Each user brings a username and a password, or one key.",
      steps: [
        {
          title: "API Info",
          fields: [
            { label: "Level", value: "User-Level Resource", choice: true },
            { label: "Authentication type", value: "API Key", choice: true },
          ],
        },
        {
          title: "Authorization",
          fields: [KEYS, ...INPUT],
        },
        {
          title: "Request Details",
          fields: [{ label: "API Base URL", value: `${origin}/{{inputs.tenant}}/basic` }, ...BASIC, ...PROFILE],
          note: `With the one key api_key instead: API Base URL ${origin}/{{inputs.tenant}}/key, API Authentication Headers with X-API-Key, or Query Parameters with api_key, and the value ${key.key}.`,
        },
        {
          title: "Test and Publish",
          fields: [
            INPUT_VALUE,
            { label: "Test credentials: Username", value: ada.username },
            { label: "Test credentials: Password", value: ada.password },
            ...TEST,
          ],
        },
      ],
    },
    {
      id: "app-level",
      title: "App-Level Resource",
      about: "One credential for all users, kept by the app. The Authorization step is skipped.",
      steps: [
        {
          title: "API Info",
          fields: [
            { label: "Level", value: "App-Level Resource", choice: true },
            { label: "Authentication type", value: "API Key", choice: true },
          ],
        },
        {
          title: "Request Details",
          fields: [
            KEYS,
            { label: "App credentials: Username", value: ada.username },
            { label: "App credentials: Password", value: ada.password },
            { label: "API Base URL", value: `${origin}/${TENANT}/basic` },
            ...BASIC,
          ],
        },
        { title: "Test and Publish", fields: TEST },
      ],
    },
  ];
}
