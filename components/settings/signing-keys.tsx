"use client";

import { Ban, CircleCheck, KeyRound, RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { SdkSetupActions, SigningKeyView } from "./sdk-setup-page.tsx";

const AddKeyDialog = lazyDialog(async () => (await import("./add-key-dialog.tsx")).AddKeyDialog);
const GenerateKeyDialog = lazyDialog(async () => (await import("./generate-key-dialog.tsx")).GenerateKeyDialog);

export interface SigningKeysProps {
  projectId: string;
  keys: readonly SigningKeyView[];
  actions?: SdkSetupActions;
}

export function SigningKeys({ projectId, keys, actions }: SigningKeysProps) {
  const [dialog, setDialog] = useState<"generate" | "add" | null>(null);
  const [revoking, setRevoking] = useState<SigningKeyView | null>(null);
  const toggle = (name: "generate" | "add") => (open: boolean) => setDialog(open ? name : null);
  const buttons = actions && (
    <>
      <Button onClick={() => setDialog("add")}>Add public key</Button>
      <Button variant="primary" onClick={() => setDialog("generate")}>
        <KeyRound aria-hidden />
        Generate Signing Key
      </Button>
    </>
  );
  const active = keys.filter((key) => !key.revokedAt);
  return (
    <>
      <Card
        title="Signing keys"
        note={
          <span className="max-lg:hidden">Your back end signs user tokens with the private half. Patchbay keeps the public one only.</span>
        }
        flush
        actions={keys.length > 0 && buttons}
        foot={
          active.length > 1 && (
            <>
              <RefreshCw aria-hidden className="icon-s" />
              <span>Rotation: revoke the older key once “last used” stands still. A revoked key is refused on the next call.</span>
            </>
          )
        }
      >
        {keys.length === 0 ? (
          <EmptyState title="No signing key yet" actions={buttons}>
            Your back end says who a user is by a token that it signs. Generate a key pair in this browser: you keep the private half,
            Patchbay the public one.
          </EmptyState>
        ) : (
          <KeyTable keys={keys} onRevoke={actions && setRevoking} />
        )}
      </Card>
      {actions && (
        <>
          <GenerateKeyDialog projectId={projectId} open={dialog === "generate"} onOpenChange={toggle("generate")} addKey={actions.addKey} />
          <AddKeyDialog projectId={projectId} open={dialog === "add"} onOpenChange={toggle("add")} addKey={actions.addKey} />
          <RevokeKey
            target={revoking}
            last={active.length === 1}
            onClose={() => setRevoking(null)}
            send={(keyId) => actions.revokeKey({ projectId, keyId })}
          />
        </>
      )}
    </>
  );
}

function KeyTable({ keys, onRevoke }: { keys: readonly SigningKeyView[]; onRevoke?: (key: SigningKeyView) => void }) {
  return (
    <Table caption="Signing keys" cards>
      <thead>
        <tr>
          <Column>Key ID</Column>
          <Column className="max-lg:hidden">Type</Column>
          <Column>Added</Column>
          <Column>Last used</Column>
          <Column>Status</Column>
          <Column numeric>
            <span className="sr-only">Actions</span>
          </Column>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <Cell className="max-sm:order-1">
              <span className="flex min-w-0 items-center gap-1">
                <code className="max-w-60 truncate max-lg:max-w-48 font-medium" title={key.kid}>
                  {key.kid}
                </code>
                <CopyButton text={key.kid} label={`Copy key ID ${key.kid}`} />
              </span>
            </Cell>
            <Cell card="hide" className="max-lg:hidden">
              RSA, RS256
            </Cell>
            <Cell card="hide">
              {key.createdBy ?? "A former member"}{" "}
              <span className="text-3">
                · <RelativeTime date={key.createdAt.toISOString()} />
              </span>
            </Cell>
            <Cell card="line" className="max-sm:order-3 max-sm:pl-0!">
              <span className="sm:hidden">Last used: </span>
              {key.lastUsedAt ? <RelativeTime date={key.lastUsedAt.toISOString()} /> : <span className="text-3">Never</span>}
            </Cell>
            <Cell card="right" className="max-sm:order-2">
              <KeyStatus revokedAt={key.revokedAt} />
            </Cell>
            <Cell numeric card="right" className="max-sm:order-4">
              {onRevoke && !key.revokedAt && (
                <Button variant="ghost" size="small" aria-label={`Revoke ${key.kid}`} onClick={() => onRevoke(key)}>
                  Revoke
                </Button>
              )}
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const KeyStatus = ({ revokedAt }: { revokedAt: Date | null }) =>
  revokedAt ? (
    <Status tone="idle" icon={<Ban aria-hidden />}>
      <span>
        Revoked <RelativeTime date={revokedAt.toISOString()} />
      </span>
    </Status>
  ) : (
    <Status tone="success" icon={<CircleCheck aria-hidden />}>
      Active
    </Status>
  );

function RevokeKey(props: {
  target: SigningKeyView | null;
  last: boolean;
  onClose: () => void;
  send: (keyId: string) => ReturnType<SdkSetupActions["revokeKey"]>;
}) {
  const { target, last, onClose, send } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const confirm = async () => {
    if (!target) return;
    setBusy(true);
    const result = await send(target.id).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result?.error.message ?? "The server can’t be reached. Check the connection and try again.");
    toast.success({ title: "Key revoked", text: "Its tokens are refused from the next call on." });
    close();
  };
  return (
    <LateConfirmDialog
      open={target !== null}
      onOpenChange={(open) => !open && close()}
      title="Revoke this signing key?"
      text={
        <>
          Every token signed with <code className="break-all">{target?.kid}</code> is refused from the next call on, in every process.
          {last && " It is the project’s only active key: no user can connect or be served until you add another one."}{" "}
          {target?.lastUsedAt ? (
            <>
              It was last used <RelativeTime date={target.lastUsedAt.toISOString()} />.
            </>
          ) : (
            "It was never used."
          )}{" "}
          This can’t be undone.
        </>
      }
      action="Revoke key"
      busyAction="Revoking…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}
