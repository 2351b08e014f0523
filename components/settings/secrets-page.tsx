"use client";

import { KeyRound, Lock, Pencil, Plus } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { resourcePath, workflowPath } from "#lib/paths.ts";

const NewSecretDialog = lazyDialog(async () => (await import("./new-secret-dialog.tsx")).NewSecretDialog);
const ReplaceSecretDialog = lazyDialog(async () => (await import("./replace-secret-dialog.tsx")).ReplaceSecretDialog);
const DeleteSecretDialog = lazyDialog(async () => (await import("./delete-secret-dialog.tsx")).DeleteSecretDialog);

/** A resource that reads a secret: in calls now, in its draft, or both. */
export type SecretUseView = {
  by: "resource" | "workflow";
  id: string;
  name: string;
  isLive: boolean;
  isDraft: boolean;
  isDeleted: boolean;
};

/** What is known of a secret: never its value. */
export type SecretView = {
  name: string;
  description: string;
  /** The last four characters of long tokens; else empty. */
  hint: string;
  setBy: string | null;
  setAt: string;
  uses: readonly SecretUseView[];
};

export type SecretActions = {
  create: (values: { projectId: string; name: string; value: string; description: string }) => Promise<ActionResult<null>>;
  change: (values: { projectId: string; name: string; value: string; description: string }) => Promise<ActionResult<null>>;
  remove: (values: { projectId: string; name: string }) => Promise<ActionResult<null>>;
};

export interface SecretsPageProps {
  projectId: string;
  secrets: readonly SecretView[];
  /** Left out for those who may not. */
  actions?: SecretActions;
}

/** Named values of the project, for templates. The dialog that adds one is in the address: `?new=ACME_KEY`. */
export function SecretsPage({ projectId, secrets, actions }: SecretsPageProps) {
  const [adding, setAdding] = useQueryState("new", parseAsString);
  const [replacing, setReplacing] = useState<SecretView | null>(null);
  const [deleting, setDeleting] = useState<SecretView | null>(null);
  const add = actions && (
    <Button variant="primary" onClick={() => setAdding("")}>
      <Plus aria-hidden />
      New Secret
    </Button>
  );
  return (
    <>
      <Card
        title="Secrets"
        note={
          <span className="max-lg:hidden">
            Values that templates of this project read by name. Sealed when you save, and never shown again.
          </span>
        }
        flush
        actions={secrets.length > 0 && add}
        foot={
          secrets.length > 0 && (
            <>
              <Lock aria-hidden className="icon-s shrink-0" />
              <span>A secret stays with its hosts: an editor’s test sends it only where a live resource sends it already.</span>
            </>
          )
        }
      >
        {secrets.length === 0 ? (
          <NoneYet actions={add} />
        ) : (
          <SecretTable
            projectId={projectId}
            secrets={secrets}
            actionsOf={
              actions &&
              ((secret) => (
                <>
                  <Button variant="ghost" size="small" aria-label={`Replace ${secret.name}`} onClick={() => setReplacing(secret)}>
                    Replace
                  </Button>
                  <Button variant="ghost" size="small" aria-label={`Delete ${secret.name}`} onClick={() => setDeleting(secret)}>
                    Delete
                  </Button>
                </>
              ))
            }
          />
        )}
      </Card>
      {actions && (
        <>
          <NewSecretDialog
            projectId={projectId}
            name={adding ?? ""}
            open={adding !== null}
            onOpenChange={(open) => setAdding(open ? "" : null)}
            create={actions.create}
          />
          <ReplaceSecretDialog
            projectId={projectId}
            secret={replacing}
            open={replacing !== null}
            onClose={() => setReplacing(null)}
            change={actions.change}
          />
          <DeleteSecretDialog
            projectId={projectId}
            secret={deleting}
            open={deleting !== null}
            onClose={() => setDeleting(null)}
            onReplace={() => {
              setReplacing(deleting);
              setDeleting(null);
            }}
            remove={actions.remove}
          />
        </>
      )}
    </>
  );
}

function NoneYet({ actions }: { actions: ReactNode }) {
  return (
    <>
      <EmptyState title="No secret yet" actions={actions}>
        A client’s key that many resources share is kept here once, sealed, and read by name in any template. Replace it here, and every
        resource uses the new value from its next call on.
      </EmptyState>
      <div className="mx-auto mb-8 max-w-140 px-4">
        <CodeBlock label="Where a secret is read" title="In any field with {}" code={SNIPPET} />
      </div>
    </>
  );
}

const SNIPPET = "X-Api-Key: {{secrets.ACME_KEY}}\nX-Signature: {{user.id | hmac_sha256: secrets.ACME_SIGNING_KEY}}";

interface SecretTableProps {
  projectId: string;
  secrets: readonly SecretView[];
  actionsOf?: (secret: SecretView) => ReactNode;
}

function SecretTable({ projectId, secrets, actionsOf }: SecretTableProps) {
  return (
    <Table caption="Secrets" cards>
      <thead>
        <tr>
          <Column>Name</Column>
          <Column className="max-lg:hidden">Value</Column>
          <Column>Used by</Column>
          <Column>Set</Column>
          {actionsOf && (
            <Column numeric>
              <span className="sr-only">Actions</span>
            </Column>
          )}
        </tr>
      </thead>
      <tbody>
        {secrets.map((secret) => (
          <tr key={secret.name}>
            <Cell className="max-sm:order-1">
              <span className="flex min-w-0 items-center gap-1">
                <KeyRound aria-hidden className="icon-s mr-1 shrink-0 text-3" />
                <code className="max-w-60 truncate font-medium max-lg:max-w-44" title={secret.name}>
                  {secret.name}
                </code>
                <CopyButton text={`{{secrets.${secret.name}}}`} label={`Copy {{secrets.${secret.name}}}`} />
                {secret.description && (
                  <span className="cut max-w-60 text-3 max-xl:hidden" title={secret.description}>
                    {secret.description}
                  </span>
                )}
              </span>
            </Cell>
            <Cell card="hide" className="max-lg:hidden">
              <span className="ui-dots" aria-hidden>
                ••••••
              </span>{" "}
              <span className="sr-only">{secret.hint ? "Set, ends in" : "Set"}</span>
              {secret.hint && <code>{secret.hint}</code>}
            </Cell>
            <Cell card="line" className="max-sm:order-3 max-sm:pl-0!">
              <span className="sm:hidden">Used by </span>
              <Uses projectId={projectId} uses={secret.uses} />
            </Cell>
            <Cell card="hide">
              {secret.setBy ?? "A former member"}{" "}
              <span className="text-3">
                · <RelativeTime date={secret.setAt} />
              </span>
            </Cell>
            {actionsOf && (
              <Cell numeric card="right" className="max-sm:order-2">
                {actionsOf(secret)}
              </Cell>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const NAMED = 2;

/** The first few by name, the rest by number: Delete lists them all. */
function Uses({ projectId, uses }: { projectId: string; uses: readonly SecretUseView[] }) {
  if (uses.length === 0) return <span className="text-3">nothing yet</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-0.5">
      {uses.slice(0, NAMED).map((use) => (
        <SecretUser key={use.id} projectId={projectId} use={use} />
      ))}
      {uses.length > NAMED && (
        <span className="text-3" title={uses.map(({ name }) => name).join(", ")}>
          and {uses.length - NAMED} more
        </span>
      )}
    </span>
  );
}

/** A resource or a workflow by name, and whether calls read the secret now. */
export function SecretUser({ projectId, use }: { projectId: string; use: SecretUseView }) {
  const { by, id, name, isLive, isDeleted } = use;
  const path = by === "resource" ? resourcePath(projectId, id) : workflowPath(projectId, id);
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      {isDeleted ? <span className="cut">{name}</span> : <Link href={path}>{name}</Link>}
      {isDeleted ? (
        <span className="text-3">deleted</span>
      ) : (
        !isLive && (
          <span className="inline-flex items-center gap-1 text-3">
            <Pencil aria-hidden className="icon-xs" />
            draft
          </span>
        )
      )}
    </span>
  );
}
