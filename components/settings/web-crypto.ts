/**
 * Signing keys and test tokens in the browser (RFC 7518, section 3.3: RS256). A private key that is made here never leaves it
 * but by the one download.
 */
const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** WebCrypto exists on https and on localhost only. */
export const canMakeKeys = () => globalThis.crypto?.subtle !== undefined;

export const NO_WEB_CRYPTO = "This browser does cryptography on https and on localhost only. Open the dashboard by its https address.";

export type MadeKeyPair = { privateKey: CryptoKey; publicKeyPem: string };

export async function makeKeyPair(extractable: boolean): Promise<MadeKeyPair> {
  const algorithm = { ...RS256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, extractable, ["sign", "verify"]);
  return { privateKey, publicKeyPem: toPem("PUBLIC KEY", await crypto.subtle.exportKey("spki", publicKey)) };
}

/** PKCS#8: what every JWT library reads. */
export const exportPrivateKey = async (key: CryptoKey) => toPem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", key));

export async function signToken(privateKey: CryptoKey, kid: string, claims: Record<string, unknown>): Promise<string> {
  const signingInput = `${encodeJson({ alg: "RS256", typ: "JWT", kid })}.${encodeJson(claims)}`;
  const signature = await crypto.subtle.sign(RS256.name, privateKey, new TextEncoder().encode(signingInput));
  return `${signingInput}.${toBase64Url(new Uint8Array(signature))}`;
}

const imported = new Map<string, Promise<CryptoKey>>();

/** For verifyUserToken. */
export async function verifyWithWebCrypto(key: { spki: string }, signingInput: string, signature: Uint8Array): Promise<boolean> {
  const publicKey = imported.get(key.spki) ?? crypto.subtle.importKey("spki", fromPem(key.spki), RS256, false, ["verify"]);
  imported.set(key.spki, publicKey);
  return crypto.subtle.verify(RS256.name, await publicKey, new Uint8Array(signature), new TextEncoder().encode(signingInput));
}

const toBinary = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const toBase64Url = (bytes: Uint8Array) => btoa(toBinary(bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const encodeJson = (value: unknown) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)));

function toPem(label: string, der: ArrayBuffer): string {
  const lines = btoa(toBinary(new Uint8Array(der))).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function fromPem(pem: string): Uint8Array<ArrayBuffer> {
  const binary = atob(pem.replace(/-----[^-]+-----|\s/g, ""));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
