"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { IdRow } from "#components/ui/key-values.tsx";
import { Note } from "#components/ui/note.tsx";
import type { SdkSetupActions } from "./sdk-setup-page.tsx";
import { canMakeKeys, exportPrivateKey, makeKeyPair, NO_WEB_CRYPTO } from "./web-crypto.ts";

export interface GenerateKeyDialogProps {
  projectId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  addKey: SdkSetupActions["addKey"];
}

type Made = { kid: string; privateKeyPem: string; saved: boolean };

/** Makes the pair here, registers the public half, and gives the private one out once. */
export function GenerateKeyDialog({ projectId, open, onOpenChange, addKey }: GenerateKeyDialogProps) {
  const [made, setMade] = useState<Made | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const change = (next: boolean) => {
    // Closing would lose the private half for good.
    if (!next && made && !made.saved) return setError("Download or copy the private key first. It is kept nowhere else.");
    setMade(null);
    setError(undefined);
    onOpenChange(next);
  };

  const generate = async () => {
    setError(undefined);
    if (!canMakeKeys()) return setError(NO_WEB_CRYPTO);
    setBusy(true);
    const { privateKey, publicKeyPem } = await makeKeyPair(true);
    const privateKeyPem = await exportPrivateKey(privateKey);
    const result = await addKey({ projectId, publicKeyPem }).catch(() => null);
    setBusy(false);
    if (result?.ok) setMade({ kid: result.data.kid, privateKeyPem, saved: false });
    else setError(result?.error.message ?? "The server can’t be reached. Check the connection and try again.");
  };

  const saved = () => {
    setError(undefined);
    setMade((before) => before && { ...before, saved: true });
  };

  if (made) {
    return (
      <Dialog
        open={open}
        onOpenChange={change}
        title="Keep the private key"
        text="It was made in this browser and is kept nowhere else. Put it where your back end reads its secrets."
        foot={
          <Button variant={made.saved ? "primary" : "default"} onClick={() => change(false)}>
            Done
          </Button>
        }
      >
        <div className="mt-4 grid gap-4">
          {error && (
            <Note tone="warning" role="alert">
              {error}
            </Note>
          )}
          <div className="flex flex-wrap gap-2">
            <Button
              variant={made.saved ? "default" : "primary"}
              onClick={() => {
                download(`patchbay-${made.kid.slice(0, 8)}.pem`, made.privateKeyPem);
                saved();
              }}
            >
              <Download aria-hidden />
              Download private key
            </Button>
            <CopyButton
              variant="default"
              size="medium"
              label="Copy private key"
              text={() => {
                saved();
                return made.privateKeyPem;
              }}
            >
              Copy
            </CopyButton>
          </div>
          <div>
            <IdRow name="Key ID (kid in the token’s header)" value={made.kid} />
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title="Generate Signing Key"
      text="Makes an RSA pair of 2048 bits in this browser. You download the private half once; only the public half is sent to Patchbay. Other active keys go on working, so that you can rotate without a gap."
      foot={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button variant="primary" busy={busy} busyLabel="Generating…" onClick={generate}>
            Generate
          </Button>
        </>
      }
    >
      {error && (
        <Note tone="danger" role="alert" className="mt-4">
          {error}
        </Note>
      )}
    </Dialog>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-pem-file" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
