/**
 * The fixed, public demo values. They protect nothing: TaskLab listens on loopback and holds only sample data.
 * The front page prints them for people to paste.
 */

export const TENANTS = ["northgate", "corvid", "acme"] as const;

export type ClientAuthentication = "client_secret_basic" | "client_secret_post" | "none";

export interface DemoClient {
  id: string;
  secret: string | null;
  authentication: ClientAuthentication;
  grant: "refresh_token" | "client_credentials";
  /** Its token calls are JSON, as at some real APIs; a form is refused. */
  json?: true;
  /** Access tokens are JWTs with the claims sub, email and name. Otherwise they are opaque. */
  jwt: boolean;
}

export const CLIENTS: readonly DemoClient[] = [
  { id: "tasklab-web", secret: "web-secret-for-the-demo", authentication: "client_secret_basic", grant: "refresh_token", jwt: false },
  { id: "tasklab-post", secret: "post-secret-for-the-demo", authentication: "client_secret_post", grant: "refresh_token", jwt: false },
  { id: "tasklab-public", secret: null, authentication: "none", grant: "refresh_token", jwt: false },
  { id: "tasklab-jwt", secret: "jwt-secret-for-the-demo", authentication: "client_secret_basic", grant: "refresh_token", jwt: true },
  {
    id: "tasklab-service",
    secret: "service-secret-for-the-demo",
    authentication: "client_secret_basic",
    grant: "client_credentials",
    jwt: false,
  },
  {
    id: "tasklab-service-post",
    secret: "service-post-secret-for-the-demo",
    authentication: "client_secret_post",
    grant: "client_credentials",
    jwt: false,
  },
  {
    id: "tasklab-service-json",
    secret: "service-json-secret-for-the-demo",
    authentication: "client_secret_post",
    json: true,
    grant: "client_credentials",
    jwt: false,
  },
];

export const API_KEYS: readonly { key: string; sub: string }[] = [
  { key: "tl_key_ada_5f1c0e7b", sub: "ada" },
  { key: "tl_key_grace_9b24d6a1", sub: "grace" },
];

export const BASIC_USERS: readonly { username: string; password: string }[] = [
  { username: "ada", password: "lovelace-1843" },
  { username: "grace", password: "hopper-1952" },
  { username: "katherine", password: "johnson:1962 & más" },
];

export interface Person {
  id: string;
  email: string;
  name: string;
}

const FIRST_NAMES = ["Ines", "Joon", "Mara", "Tomas", "Aiko", "Samir", "Noor", "Piotr", "Lena", "Kofi", "Yara", "Hugo"];
const LAST_NAMES = ["Carvalho", "Park", "Lindqvist", "Novak", "Tanaka", "Haddad", "Rahman", "Zielinski", "Weber", "Mensah"];

/** Email and name follow from the id alone, so any number of accounts needs no storage. */
export function personFor(sub: string): Person {
  let hash = 0;
  for (const char of sub) hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
  const first = FIRST_NAMES[hash % FIRST_NAMES.length]!;
  const last = LAST_NAMES[(hash >>> 8) % LAST_NAMES.length]!;
  const mailbox = sub.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 64);
  return { id: sub, email: `${mailbox}@tasklab.example`, name: `${first} ${last}` };
}
