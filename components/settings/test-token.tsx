"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { projectAudience } from "#lib/projects/user-token-claims.ts";
import type { SdkSetupActions } from "./sdk-setup-page.tsx";
import { canMakeKeys, makeKeyPair, NO_WEB_CRYPTO, signToken } from "./web-crypto.ts";

const LIFETIME_S = 600;

export interface TestTokenProps {
  projectId: string;
  addTestKey: SdkSetupActions["addTestKey"];
}

/** A token for one user, signed here by a key that is thrown away at once and expires in ten minutes (rules.md, Doors 6). */
export function TestToken({ projectId, addTestKey }: TestTokenProps) {
  const [sub, setSub] = useState("");
  const [token, setToken] = useState<{ sub: string; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    setToken(null);
    if (!sub) return setError("Enter the id of a user, such as user-1.");
    if (!canMakeKeys()) return setError(NO_WEB_CRYPTO);
    setBusy(true);
    const { privateKey, publicKeyPem } = await makeKeyPair(false);
    const result = await addTestKey({ projectId, publicKeyPem, sub }).catch(() => null);
    if (result?.ok) {
      const iat = Math.floor(Date.now() / 1000);
      const claims = { sub, aud: projectAudience(projectId), iat, exp: iat + LIFETIME_S };
      setToken({ sub, text: await signToken(privateKey, result.data.kid, claims) });
    } else
      setError(result?.error.fields?.sub ?? result?.error.message ?? "The server can’t be reached. Check the connection and try again.");
    setBusy(false);
  };

  return (
    <Card title="Test token">
      <p className="mb-3 text-2">Makes a token for one user with a key that lives for 10 minutes. Both are made in this browser.</p>
      <form onSubmit={make} noValidate>
        <Field label="User id (sub)" error={error}>
          <div className="flex gap-2">
            <Input mono spellCheck={false} placeholder="user-1" value={sub} onChange={(event) => setSub(event.target.value)} />
            <Button type="submit" busy={busy} busyLabel="Making…">
              Make token
            </Button>
          </div>
        </Field>
      </form>
      <div role="status">
        {token && (
          <div className="mt-3">
            <div className="flex items-center gap-1">
              <span className="cut text-12 text-3">For {token.sub}. Works for 10 minutes.</span>
              <CopyButton text={token.text} label="Copy test token" />
            </div>
            <code className="block max-h-24 overflow-y-auto rounded-2 bg-sunken p-2 break-all" data-testid="test-token">
              {token.text}
            </code>
          </div>
        )}
      </div>
    </Card>
  );
}
