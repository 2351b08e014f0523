import { type Algorithm, hash, verify } from "@node-rs/argon2";

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. About 20 ms on one core. */
const PARAMETERS = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A PHC string: the parameters travel with it, so they can be raised later. */
export const hashPassword = (password: string): Promise<string> => hash(normalize(password), PARAMETERS);

let dummy: Promise<string> | undefined;

/** Takes the same time when there is no hash to compare with, so that the answer's time tells nothing about accounts. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword("no one's password");
  const matches = await verify(passwordHash ?? (await dummy), normalize(password));
  return matches && passwordHash !== null;
}

/** One password, however the keyboard composes its accents. */
const normalize = (password: string) => password.normalize("NFKC");
