import { generateKeyPairSync, sign } from "node:crypto";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { createSigningKey } from "#lib/projects/create-signing-key.ts";

export type UserTokenSigner = {
  publicKeyPem: string;
  /** A user token for this `sub`, valid for an hour from the making of the key. */
  signToken(sub: string): string;
  /** One each for `<prefix>-0`, `<prefix>-1`, ... */
  signTokens(prefix: string, amount: number): string[];
};

/** A signing key of the project, and tokens by it. */
export async function createUserTokenSigner(scope: Scope, db: Database, actor: Actor): Promise<UserTokenSigner> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  await createSigningKey(scope, db, actor, { publicKeyPem });
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const signToken = (sub: string) => {
    const input = `${encode({ alg: "RS256", typ: "JWT" })}.${encode({ sub, iat, exp: iat + 3600 })}`;
    return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
  };
  return {
    publicKeyPem,
    signToken,
    signTokens: (prefix, amount) => Array.from({ length: amount }, (_, index) => signToken(`${prefix}-${index}`)),
  };
}
