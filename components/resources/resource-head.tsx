import { Pencil, Play } from "lucide-react";
import { ButtonLink } from "#components/ui/button.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { resourcesPath, setupStepPath } from "#lib/paths.ts";
import type { ResourceStatus } from "#lib/resources/resource-status.ts";
import { AUTH_TYPE_LABELS, type AuthType } from "#lib/resources/words.ts";
import type { DeletableResource } from "./delete-resource-dialog.tsx";
import { type ResourceActions, ResourceMenu } from "./resource-menu.tsx";
import { ResourceStatusBadge } from "./resource-status-words.tsx";
import { ResourceTile } from "./resource-tile.tsx";

export interface ResourceHeadProps {
  projectId: string;
  resource: DeletableResource & {
    authType: AuthType | null;
    status: ResourceStatus;
    liveRevision: number | null;
    appearance: { icon: string; colour: number; description: string };
  };
  may: { edit: boolean; test: boolean; delete: boolean };
  actions: ResourceActions;
}

export function ResourceHead({ projectId, resource, may, actions }: ResourceHeadProps) {
  const { id, name, level, authType, status, liveRevision, appearance } = resource;
  return (
    <PageHead
      crumbs={[{ label: "Resources", href: resourcesPath(projectId) }, { label: name }]}
      tile={<ResourceTile appearance={appearance} size="large" />}
      title={name}
      beside={
        <>
          <ResourceStatusBadge status={status} />
          {liveRevision !== null && <Tag>Revision {liveRevision}</Tag>}
        </>
      }
      sub={
        <>
          {level && authType
            ? `${level === "user" ? "User-level" : "App-level"} · ${AUTH_TYPE_LABELS[authType]}`
            : "Level and type not chosen"}
          {appearance.description && <span className="text-3 max-sm:hidden"> · {appearance.description}</span>}
        </>
      }
      actions={
        may.edit && (
          <>
            {may.test && liveRevision !== null && (
              <ButtonLink href={setupStepPath(projectId, id, "test-and-publish")}>
                <Play aria-hidden />
                Test
              </ButtonLink>
            )}
            <ButtonLink variant="primary" href={setupStepPath(projectId, id, "api-info")}>
              <Pencil aria-hidden />
              {liveRevision === null ? "Continue setup" : "Edit draft"}
            </ButtonLink>
            <span className="max-sm:flex-none!">
              <ResourceMenu projectId={projectId} resource={resource} may={may} actions={actions} />
            </span>
          </>
        )
      }
    />
  );
}
