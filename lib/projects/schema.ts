import { z } from "zod";
import { PASSWORD_MAX, PASSWORD_MIN } from "./password-length.ts";
import { ROLES } from "./roles.ts";
import { isSubject } from "./user-token-claims.ts";

const CONTROL = /\p{Cc}/u;
const text = (most: number, missing: string) =>
  z
    .string()
    .trim()
    .normalize("NFC")
    .min(1, missing)
    .max(most, `Use ${most} characters at most.`)
    .refine((value) => !CONTROL.test(value) && value.isWellFormed(), "Leave out line breaks and control characters.");

export const Email = z
  .string()
  .trim()
  .max(254, "Use 254 characters at most.")
  .pipe(z.email("Enter an email address, such as mara@example.com."));
export const NewPassword = z
  .string()
  .min(PASSWORD_MIN, `Use ${PASSWORD_MIN} characters or more.`)
  .max(PASSWORD_MAX, `Use ${PASSWORD_MAX} characters at most.`);
/** A password as typed at sign-in: any that could once have been set. */
export const GivenPassword = z.string().min(1, "Enter your password.").max(PASSWORD_MAX, "That is longer than any password here.");
export const MemberName = text(100, "Enter your name.");
export const ProjectName = text(64, "Enter a name for the project.");
export const RoleName = z.enum(ROLES);
export const RequireAudience = z.boolean();

export const RenamedProject = z.object({ name: ProjectName });
export const RenamedMember = z.object({ name: MemberName });
export const ChangedPassword = z.object({ current: GivenPassword, next: NewPassword });

export const SignIn = z.object({ email: Email, password: GivenPassword });
export type SignIn = z.infer<typeof SignIn>;

/** A new person takes up an invitation. */
export const JoinAsNew = z.object({ token: z.string().max(200), name: MemberName, email: Email, password: NewPassword });
export type JoinAsNew = z.infer<typeof JoinAsNew>;

export const FirstSetup = z.object({
  token: z.string().max(200),
  name: MemberName,
  email: Email,
  password: NewPassword,
  projectName: ProjectName,
});
export type FirstSetup = z.infer<typeof FirstSetup>;

/** An empty email invites whoever has the link. */
export const NewInvitation = z.object({
  role: RoleName,
  email: z.union([z.literal("").transform(() => null), Email]),
});

const PublicKeyPem = z
  .string()
  .trim()
  .min(1, "Paste the public key.")
  .max(10_000, "That is too long for a public key.")
  .refine((pem) => !pem.includes("PRIVATE KEY"), "This is a private key. Paste the public half, and keep this one to yourself.");

/** An empty Key ID takes the thumbprint. */
export const NewSigningKey = z.object({
  publicKeyPem: PublicKeyPem,
  kid: z
    .string()
    .trim()
    .regex(/^[\w.:=+/-]{0,128}$/, "Use up to 128 letters, digits and . : = + / _ -")
    .transform((kid) => kid || undefined)
    .optional(),
});

/** The key of a test token: bound to one user. The rule for `sub` is verifyUserToken's. */
export const NewTestKey = z.object({
  publicKeyPem: PublicKeyPem,
  sub: z.string().refine(isSubject, "Use 1 to 255 characters without control characters."),
});

/** What makes two email addresses the same. */
export const emailKey = (email: string) => email.trim().normalize("NFKC").toLowerCase();

/** How templates name it: `{{secrets.NAME}}`. */
export const SecretName = z
  .string()
  .trim()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "Start with a letter or _, then letters, digits and _ (64 at most), such as ACME_KEY.")
  .refine((name) => !(name in Object.prototype), "Every JavaScript object has something by this name. Choose another.");

const SECRET_BYTES = 8_192;
const SecretValue = z
  .string()
  .min(1, "Enter the value.")
  .refine((value) => new TextEncoder().encode(value).length <= SECRET_BYTES, "Use 8 KiB at most.")
  .refine((value) => !value.includes("\u0000") && value.isWellFormed(), "This holds a NUL or half a character. Copy the value again.");
const SecretDescription = z
  .string()
  .trim()
  .max(200, "Use 200 characters at most.")
  .refine((value) => !CONTROL.test(value) && value.isWellFormed(), "Leave out line breaks and control characters.");

export const NewSecret = z.object({ name: SecretName, value: SecretValue, description: SecretDescription });
/** A blank value keeps the stored one. */
export const ChangedSecret = z.object({ name: SecretName, value: z.union([z.literal(""), SecretValue]), description: SecretDescription });
