/** Every template of a resource with what surrounds it. One walk, used by check-draft and by "Used in 3 fields". Pure. */
import type { SetupStep } from "#lib/paths.ts";
import { listReferences } from "#lib/template/parse-template.ts";
import type { VariablePlace } from "./list-known-variables.ts";
import { profileSourceOf } from "./profile-source.ts";
import { defaultAuthenticationKind } from "./read-definition.ts";
import type { CallTemplate, ResourceDraft } from "./schema.ts";

export type TemplateField = {
  /** Dotted path in the draft. */
  path: string;
  text: string;
  place: VariablePlace;
  format: "text" | "json";
  step: SetupStep;
  /** Values that end users can write (metadata, profile) must not reach it. */
  authenticates: boolean;
  /** What the field is called on the screen. */
  label: string;
};

/** A header that says who calls, wherever it is written. */
const isAuthenticating = (header: string): boolean => /^(proxy-)?authorization$|^cookie$|api[-_]?key|token|secret/i.test(header);

type RequestLike = ResourceDraft["test"]["request"] | CallTemplate;

export function listTemplateFields(draft: ResourceDraft): TemplateField[] {
  const settingsStep: SetupStep = draft.level === "app" ? "request-details" : "authorization";
  return [
    ...tokenFields(draft, settingsStep),
    ...requestFields(draft),
    ...profileFields(draft),
    ...bodyOf(draft.test.request, "test.request", "request", "test-and-publish"),
  ];
}

function tokenFields({ authType, oauth }: ResourceDraft, step: SetupStep): TemplateField[] {
  if (authType === "api_key") return [];
  const field = (path: string, label: string, text: string): TemplateField => ({
    path: `oauth.${path}`,
    label,
    text,
    place: "token",
    format: "text",
    step,
    authenticates: true,
  });
  return [
    field("accessTokenUrl", "Access Token URL", oauth.accessTokenUrl),
    field("clientId", "Client ID", oauth.clientId),
    field("scope", "Scope", oauth.scope),
    ...oauth.parameters.map((parameter, index) =>
      field(`parameters.${index}.value`, parameter.name || `Parameter ${index + 1}`, parameter.value),
    ),
  ];
}

function requestFields(draft: ResourceDraft): TemplateField[] {
  const { baseUrl, authentication, headers } = draft.request;
  const field = (path: string, label: string, text: string, authenticates: boolean): TemplateField => ({
    path: `request.${path}`,
    label,
    text,
    place: "request",
    format: "text",
    step: "request-details",
    authenticates,
  });
  const kind = authentication.kind ?? defaultAuthenticationKind(draft);
  return [
    field("baseUrl", "API Base URL", baseUrl, true),
    ...(kind === "bearer" ? [field("authentication.token", "Token", authentication.token, true)] : []),
    ...(kind === "basic"
      ? [
          field("authentication.username", "Username", authentication.username, true),
          field("authentication.password", "Password", authentication.password, true),
        ]
      : []),
    ...(kind === "query" || kind === "headers"
      ? authentication[kind].map((pair, index) =>
          field(`authentication.${kind}.${index}.value`, pair.name || `Row ${index + 1}`, pair.value, true),
        )
      : []),
    ...headers.map((header, index) =>
      field(`headers.${index}.value`, header.name || `Header ${index + 1}`, header.value, isAuthenticating(header.name)),
    ),
  ];
}

function profileFields(draft: ResourceDraft): TemplateField[] {
  if (profileSourceOf(draft) !== "request") return [];
  return bodyOf(draft.profile.request, "profile.request", "profile", "request-details");
}

function bodyOf(request: RequestLike, path: string, place: VariablePlace, step: SetupStep): TemplateField[] {
  const field = (name: string, label: string, text: string, format: "text" | "json" = "text", authenticates = false): TemplateField => ({
    path: `${path}.${name}`,
    label,
    text,
    place,
    format,
    step,
    authenticates,
  });
  const { body } = request;
  return [
    field("path", "Path", request.path),
    ...request.query.map((pair, index) => field(`query.${index}.value`, pair.name || `Parameter ${index + 1}`, pair.value)),
    ...request.headers.map((pair, index) =>
      field(`headers.${index}.value`, pair.name || `Header ${index + 1}`, pair.value, "text", isAuthenticating(pair.name)),
    ),
    ...(body.kind === "json" ? [field("body.text", "Body", body.text, "json")] : []),
    ...(body.kind === "raw" ? [field("body.text", "Body", body.text)] : []),
    ...(body.kind === "form" || body.kind === "multipart"
      ? body.fields.map((pair, index) => field(`body.fields.${index}.value`, pair.name || `Field ${index + 1}`, pair.value))
      : []),
  ];
}

/** The templates of one request, wherever it stands. */
export const listRequestFields = (request: RequestLike): TemplateField[] => bodyOf(request, "request", "request", "request-details");

/** The fields that read a variable, such as `inputs.tenant`. */
export const listFieldsUsing = (draft: ResourceDraft, variable: string): TemplateField[] =>
  listTemplateFields(draft).filter((field) => listReferences(field.text, field.format).some((reference) => reference.name === variable));
