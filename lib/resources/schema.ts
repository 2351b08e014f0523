/**
 * What a resource is. One set of field schemas, composed twice:
 * the *draft* (everything optional; sections of other authentication types are kept side by side, so that switching back
 * restores them) and the *definition* (what publishing requires, discriminated by level and authentication type).
 * Browser-safe: the wizard's forms, the server actions and the stored columns all use these.
 * One file: a field that stands beside its siblings is written once for both, and is seen to be.
 */
import { z } from "zod";
import { AUTH_TYPES, METHODS, REQUEST_AUTHENTICATION_KINDS, RESOURCE_LEVELS, TOKEN_RESPONSE_KEYS, WORKFLOWS_NAME } from "./words.ts";

export const ResourceLevel = z.enum(RESOURCE_LEVELS);
export const AuthType = z.enum(AUTH_TYPES);
export const RequestAuthenticationKind = z.enum(REQUEST_AUTHENTICATION_KINDS);
export const Method = z.enum(METHODS);

const UUID_SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const FORBIDDEN_IN_NAMES = /[/?#%\\{}\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** Seen by nobody, or turning what follows around: with these, two names could look the same. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/;

/** 1 to 64 characters, NFC. The published client puts the name into a URL unencoded, hence what is refused. */
export const ResourceName = z
  .string()
  .transform((name) => name.normalize("NFC").trim())
  .pipe(
    z
      .string()
      .min(1, "Give the resource a name, such as TaskLab.")
      .max(64, "Use at most 64 characters.")
      .refine((name) => !FORBIDDEN_IN_NAMES.test(name), "Leave out / ? # % \\ { } and control characters: the name is part of URLs.")
      .refine((name) => !INVISIBLE.test(name) && name.isWellFormed(), "Leave out invisible characters: type the name anew.")
      .refine((name) => name !== "." && name !== "..", "Use a word: . and .. have a meaning in URLs.")
      .refine((name) => !UUID_SHAPE.test(name), "Use a word: this looks like a Resource ID.")
      .refine((name) => nameKey(name) !== WORKFLOWS_NAME, `Choose another: ${WORKFLOWS_NAME} is the name by which clients know workflows.`),
  );

/** What Create Resource and Rename ask for. */
export const NamedResource = z.object({ name: ResourceName });

/** What makes two names the same. */
export const nameKey = (name: string): string => name.normalize("NFKC").trim().toLowerCase();

const RESERVED_KEYS = new Set<string>([...TOKEN_RESPONSE_KEYS, "client_id", "client_secret", "prototype"]);
/** What every JavaScript object has: `toString`, `constructor`, `__proto__`. A missing value must never look like one of these. */
const isInherited = (name: string): boolean => name in Object.prototype;

/** Key of a Required Input, or name of an API key. Both kinds share one flat connect body. */
export const InputKey = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, "Start with a letter or _, then letters, digits, _ and - (64 at most).")
  .refine((key) => !RESERVED_KEYS.has(key), "This name is taken by the token response (RFC 6749). Choose another.")
  .refine((key) => !isInherited(key), "Every JavaScript object has something by this name. Choose another.");

const Text = z.string().max(200);
/** A string with `{{ ... }}` expressions. */
export const Template = z.string().max(16_384);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const OWNED_HEADERS = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "te",
  "trailer",
  "keep-alive",
  "proxy-authorization",
]);
export const HeaderName = z
  .string()
  .regex(HEADER_NAME, "A header name has letters, digits and hyphens only.")
  .refine((name) => !OWNED_HEADERS.has(name.toLowerCase()), "Patchbay sets this header itself.")
  .refine((name) => !/^sec-/i.test(name), "Only browsers send this header. Remove it.");

/** RFC 9535. Whether it parses is checked where the engine is (check-draft). */
export const JsonPath = z.string().max(500).startsWith("$", "A JSON path starts with $, such as $.data.id.");

/** A pattern in RE2 syntax (linear time); it must fit the whole value. */
export const Pattern = z.string().min(1, "Write a pattern, or accept any text.").max(500);

/** Strings by what they must be. A draft takes any text there, since a half-typed key is kept as it is. */
type Leaves = Record<
  | "key"
  | "required"
  | "template"
  | "requiredTemplate"
  | "path"
  | "optionalPath"
  | "headerName"
  | "profileName"
  | "pattern"
  | "optionalPattern",
  z.ZodType<string, string>
>;

const anyText = z.string().max(16_384);
const LOOSE: Leaves = {
  key: anyText,
  required: anyText,
  template: anyText,
  requiredTemplate: anyText,
  path: anyText,
  optionalPath: anyText,
  headerName: anyText,
  profileName: anyText,
  pattern: anyText,
  optionalPattern: anyText,
};
const STRICT: Leaves = {
  key: InputKey,
  required: Text.min(1, "Fill this in."),
  template: Template,
  requiredTemplate: Template.trim().min(1, "Fill this in."),
  path: JsonPath,
  optionalPath: z.union([z.literal(""), JsonPath]),
  headerName: HeaderName,
  profileName: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "Start with a letter or _, then letters, digits and _.")
    .refine((name) => !isInherited(name), "Every JavaScript object has something by this name. Choose another."),
  pattern: Pattern,
  optionalPattern: z.string().max(500),
};

/** Where a client secret comes from: a sealed row, or one secret Required Input (tenants with their own clients). */
export const ClientSecret = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sealed"), id: z.uuid() }),
  z.object({ kind: z.literal("input"), key: z.string().max(64) }),
]);
export type ClientSecret = z.infer<typeof ClientSecret>;

/** RFC 6749, section 2.3.1: how the client proves itself on the token call. */
export const ClientAuthentication = z.enum(["basic", "body", "none"]);
export type ClientAuthentication = z.infer<typeof ClientAuthentication>;

/** How the body of the token call is written. RFC 6749 knows the form; Auth0, Atlassian, Notion and others take or want JSON. */
export const TokenBodyFormat = z.enum(["form", "json"]);
export type TokenBodyFormat = z.infer<typeof TokenBodyFormat>;

export const LifetimeUnit = z.enum(["seconds", "milliseconds", "minutes"]);

/** All parts of a resource, over one set of leaves. Defaults make every part optional in a draft. */
function parts(leaf: Leaves) {
  const input = z.object({
    key: leaf.key,
    title: leaf.required,
    subtitle: Text.default(""),
    placeholder: Text.default(""),
    prefix: Text.default(""),
    suffix: Text.default(""),
    /** Which values fit. A pattern is RE2 (linear time) and must fit the whole value. */
    accepts: z
      .discriminatedUnion("kind", [
        z.object({ kind: z.literal("text") }),
        z.object({ kind: z.literal("pattern"), pattern: leaf.pattern }),
        z.object({ kind: z.literal("choices"), choices: z.array(leaf.required).max(200) }),
      ])
      .default({ kind: "text" }),
    secret: z.boolean().default(false),
  });

  const apiKey = z.object({
    name: leaf.key,
    label: Text.default(""),
    help: Text.default(""),
    placeholder: Text.default(""),
    secret: z.boolean().default(true),
    pattern: leaf.optionalPattern.default(""),
  });

  const parameter = z.object({ name: leaf.required, value: leaf.template });
  const header = z.object({ name: leaf.headerName, value: leaf.template });

  const oauth = z.object({
    accessTokenUrl: leaf.requiredTemplate,
    clientId: leaf.requiredTemplate,
    clientSecret: ClientSecret.optional(),
    clientAuthentication: ClientAuthentication.default("basic"),
    bodyFormat: TokenBodyFormat.default("form"),
    scope: leaf.template.default(""),
    parameters: z
      .array(parameter.extend({ place: z.enum(["body", "query", "header"]).default("body") }))
      .max(50)
      .default([]),
    /** Where the answer of the token call holds each value. */
    response: z
      .object({
        accessToken: leaf.path.default("$.access_token"),
        refreshToken: leaf.path.default("$.refresh_token"),
        lifetime: leaf.path.default("$.expires_in"),
        lifetimeUnit: LifetimeUnit.default("seconds"),
      })
      .prefault({}),
    /** Seconds, used when the answer holds no lifetime. */
    defaultLifetime: z.int().min(1).max(31_536_000).optional(),
  });

  const authentication = z.object({
    /** Absent in a draft until chosen: then `defaultAuthenticationKind` speaks. */
    kind: RequestAuthenticationKind.optional(),
    token: leaf.template.default("{{credentials.access_token}}"),
    username: leaf.template.default("{{credentials.username}}"),
    password: leaf.template.default("{{credentials.password}}"),
    query: z.array(parameter).max(50).default([]),
    headers: z.array(header).max(50).default([]),
  });

  const request = z.object({
    baseUrl: leaf.requiredTemplate,
    authentication: authentication.prefault({}),
    headers: z.array(header).max(50).default([]),
  });

  /** As the admin wrote it. JSON is parsed first, and its string leaves are templates. */
  const body = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("none") }),
    z.object({ kind: z.literal("json"), text: leaf.template }),
    z.object({ kind: z.literal("form"), fields: z.array(parameter).max(200) }),
    z.object({ kind: z.literal("raw"), text: leaf.template, contentType: Text.default("text/plain") }),
  ]);

  const requestTemplate = z.object({
    method: Method.default("GET"),
    path: leaf.template.default("/"),
    query: z.array(parameter).max(100).default([]),
    headers: z.array(header).max(50).default([]),
    body: body.default({ kind: "none" }),
  });

  const profile = z.object({
    enabled: z.boolean().default(false),
    source: z.enum(["request", "jwt"]).default("request"),
    request: requestTemplate.prefault({ path: "/me" }),
    idPath: leaf.path.default("$.id"),
    fields: z
      .array(z.object({ name: leaf.profileName, path: leaf.path }))
      .max(30)
      .default([]),
    idClaim: leaf.required.default("sub"),
    claims: z
      .array(z.object({ name: leaf.profileName, claim: leaf.required }))
      .max(30)
      .default([]),
  });

  const test = z.object({
    request: requestTemplate.prefault({}),
    /** Empty: any 2xx passes. Else this JSON path must exist in the answer too. */
    expectPath: leaf.optionalPath.default(""),
    /** Make the test request at each connect; a failing one refuses the connection. */
    verifyOnConnect: z.boolean().default(false),
  });

  /** Which answers mean "token expired": one of the statuses, or the value at a path, or a header. */
  const behaviour = z.object({
    /** Milliseconds; 30 s is the limit of every buffered call. */
    timeoutMs: z.int().min(1_000).max(30_000).default(30_000),
    expired: z
      .object({
        statuses: z.array(z.int().min(100).max(599)).max(20).default([401]),
        path: leaf.optionalPath.default(""),
        equals: Text.default(""),
        header: Text.default(""),
        headerEquals: Text.default(""),
      })
      .prefault({}),
    /** Seconds between two checks of a credential by the test request, when that is a GET; 0 = never. */
    verifyEvery: z
      .int("Write whole seconds.")
      .min(0)
      .max(2_592_000, "Check at least every 30 days: 2,592,000 seconds.")
      .refine((seconds) => seconds === 0 || seconds >= 60, "Check at most once a minute: 60 seconds or more.")
      .default(86_400),
  });

  return { input, apiKey, oauth, request, requestTemplate, profile, test, behaviour };
}

const loose = parts(LOOSE);
const strict = parts(STRICT);

export const RequiredInput = strict.input;
export type RequiredInput = z.infer<typeof RequiredInput>;
export const ApiKeyField = strict.apiKey;
export type ApiKeyField = z.infer<typeof ApiKeyField>;
export type OAuthSettings = z.infer<typeof strict.oauth>;
export type RequestSettings = z.infer<typeof strict.request>;
/** Of other nouns' definitions and drafts too: a request is written the same everywhere. */
export const RequestTemplate = strict.requestTemplate;
export type RequestTemplate = z.infer<typeof strict.requestTemplate>;
export const RequestTemplateDraft = loose.requestTemplate;
export type RequestTemplateDraft = z.infer<typeof loose.requestTemplate>;
export type RequestBody = RequestTemplate["body"];
/** RFC 7578. Names and boundary are no templates, here as everywhere. */
export type MultipartBody = { kind: "multipart"; fields: { name: string; value: string }[]; boundary: string };
/** What the spine sends: a definition's own request, or a workflow's, which may have parts. */
export type CallTemplate = Omit<RequestTemplate, "body"> & { body: RequestBody | MultipartBody };
export type UserProfile = z.infer<typeof strict.profile>;
export type TestSettings = z.infer<typeof strict.test>;
export type Behaviour = z.infer<typeof strict.behaviour>;

export const Appearance = z.object({
  description: z.string().max(500).default(""),
  /** 0 = neutral, 1 to 6 = the chart colours. */
  colour: z.int().min(0).max(6).default(0),
  icon: z.string().max(32).default("plug"),
});

/** What the admin has typed so far, autosaved. check-draft says what is missing. */
export const ResourceDraft = z.object({
  appearance: Appearance.prefault({}),
  level: ResourceLevel.optional(),
  authType: AuthType.optional(),
  inputs: z.array(loose.input).max(30).default([]),
  oauth: loose.oauth.prefault({ accessTokenUrl: "", clientId: "" }),
  apiKeys: z.array(loose.apiKey).max(30).default([]),
  request: loose.request.prefault({ baseUrl: "" }),
  profile: loose.profile.prefault({}),
  test: loose.test.prefault({}),
  behaviour: loose.behaviour.prefault({}),
  /** Test values that aren't secret, as typed: these are saved like all typing. Secret ones are only ever sealed. */
  testInputs: z.record(z.string().max(64), z.string().max(16_384)).default({}),
});
export type ResourceDraft = z.infer<typeof ResourceDraft>;

export const emptyDraft = (): ResourceDraft => ResourceDraft.parse({});

const common = {
  appearance: Appearance.prefault({}),
  request: strict.request,
  test: strict.test.prefault({}),
  behaviour: strict.behaviour.prefault({}),
};
const user = {
  ...common,
  level: z.literal("user"),
  inputs: z.array(strict.input).max(30).default([]),
  profile: strict.profile.prefault({}),
};
const app = { ...common, level: z.literal("app") };

const refreshToken = { authType: z.literal("oauth2_refresh_token"), oauth: strict.oauth };
const clientCredentials = { authType: z.literal("oauth2_client_credentials"), oauth: strict.oauth };
const apiKey = { authType: z.literal("api_key"), apiKeys: z.array(strict.apiKey).min(1, "Add at least one API key.").max(30) };

/** What a published revision holds. */
export const ResourceDefinition = z.discriminatedUnion("level", [
  z.discriminatedUnion("authType", [
    z.object({ ...user, ...refreshToken }),
    z.object({ ...user, ...clientCredentials }),
    z.object({ ...user, ...apiKey }),
  ]),
  z.discriminatedUnion("authType", [
    z.object({ ...app, ...refreshToken }),
    z.object({ ...app, ...clientCredentials }),
    z.object({ ...app, ...apiKey }),
  ]),
]);
export type ResourceDefinition = z.infer<typeof ResourceDefinition>;
