/** What a user token's claims may be. Pure and small: forms and pages use it without the verifier. */

/** The audience that a token for this project may name; `useparagon.com/<id>` counts as well. */
export const projectAudience = (projectId: string) => `patchbay/${projectId}`;

const CONTROL = /\p{Cc}/u;

/** Lone surrogates are refused too: they have no UTF-8, so two subjects would become one in the database. */
export const isSubject = (sub: unknown): sub is string =>
  typeof sub === "string" && sub.length >= 1 && sub.length <= 255 && !CONTROL.test(sub) && sub.isWellFormed();

/** Whole seconds since 1970 (RFC 7519, NumericDate; fractions are refused). */
export const isTime = (value: unknown): value is number => Number.isSafeInteger(value);

/** One `aud` of several is enough. */
export function namesProject(aud: unknown, projectId: string): boolean {
  if (Array.isArray(aud)) return aud.every((one) => typeof one === "string") && aud.some((one) => namesProject(one, projectId));
  return typeof aud === "string" && (aud === `patchbay/${projectId}` || aud === `useparagon.com/${projectId}`);
}
