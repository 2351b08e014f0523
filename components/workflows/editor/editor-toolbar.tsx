"use client";

import { Ellipsis, History as HistoryIcon, ListTree, Play, Users } from "lucide-react";
import { useSecondsUntil } from "#components/drafts/draft-saved.tsx";
import { SavedIndicator, type SaveState } from "#components/shell/saved-indicator.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { WorkTop } from "#components/shell/work-top.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { runsPath, workflowsPath } from "#lib/paths.ts";
import { type MenuWorkflow, type WorkflowActions, WorkflowMenuItems, type WorkflowMenuProps } from "../workflow-menu.tsx";
import { WorkflowStatusBadge } from "../workflow-status.tsx";
import type { WorkflowStanding } from "./editor-types.ts";
import type { EditorState } from "./use-workflow-editor.ts";

export interface EditorToolbarProps {
  projectId: string;
  workflow: MenuWorkflow & { pausedReason: string | null };
  editor: EditorState;
  standing: WorkflowStanding;
  may: { edit: boolean; enable: boolean; delete: boolean };
  theme: Theme;
  actions: WorkflowActions;
  openDialog: WorkflowMenuProps["open"];
  onEnable: (enabled: boolean) => void;
  onPublish: () => void;
}

/** How the workflow stands, where else to look, and what acts on it as a whole. */
export function EditorToolbar({ projectId, workflow, editor, standing, may, theme, actions, ...props }: EditorToolbarProps) {
  const { tests } = editor;
  const { state, body } = editor.draft;
  const hasSteps = may.edit && body.steps.length > 0;
  const retryIn = useSecondsUntil(state.kind === "failed" ? state.retryAt : null);
  const { number, isEnabled } = standing;
  const list = { label: "Workflows", href: workflowsPath(projectId) };
  const runs = runsPath(projectId, { workflow: workflow.id });
  const status = number === null ? "draft" : workflow.pausedReason ? "paused" : isEnabled ? "live" : "off";
  return (
    <WorkTop
      home={list}
      parents={[list]}
      name={workflow.name}
      badge={<WorkflowStatusBadge status={status} version={number} className="max-sm:hidden" />}
      saved={may.edit ? <SavedIndicator state={toSaveState(state, retryIn)} /> : <span className="text-3">Reading only</span>}
      theme={theme}
    >
      <span className="flex gap-1 max-lg:hidden">
        <ButtonLink variant="ghost" href={runs}>
          <ListTree aria-hidden />
          Runs
        </ButtonLink>
        <Button variant="ghost" aria-pressed={editor.side === "versions"} onClick={() => editor.show("versions")}>
          <HistoryIcon aria-hidden />
          Versions
        </Button>
        <Button variant="ghost" aria-pressed={editor.side === "users"} onClick={() => editor.show("users")}>
          <Users aria-hidden />
          Users
        </Button>
      </span>
      {number !== null && may.enable && (
        <span className="flex items-center gap-2">
          <span className="text-2 max-lg:sr-only" aria-hidden>
            Enabled
          </span>
          <Switch
            label="Enabled"
            title={isEnabled ? "On for the project. Off: it starts for nobody." : "Off: it starts for nobody."}
            checked={isEnabled}
            onCheckedChange={props.onEnable}
          />
        </span>
      )}
      <Menu align="end" trigger={<IconButton label={`More for ${workflow.name}`} title="More" icon={<Ellipsis aria-hidden />} />}>
        {hasSteps && (
          <MenuItem icon={<Play aria-hidden />} onSelect={() => void tests.runAll(body.steps)}>
            Test run
          </MenuItem>
        )}
        <MenuItem icon={<ListTree aria-hidden />} href={runs}>
          Runs
        </MenuItem>
        <MenuItem icon={<HistoryIcon aria-hidden />} onSelect={() => editor.show("versions")}>
          Versions
        </MenuItem>
        <MenuItem icon={<Users aria-hidden />} onSelect={() => editor.show("users")}>
          Users it runs for
        </MenuItem>
        {may.edit && <MenuRule />}
        <WorkflowMenuItems
          projectId={projectId}
          workflow={{ id: workflow.id, name: workflow.name, isLive: number !== null }}
          may={may}
          actions={actions}
          listed={false}
          open={props.openDialog}
        />
      </Menu>
      {hasSteps && (
        <Button
          className="max-lg:hidden"
          title="Tests each step in order, as the test user. What changes something asks first."
          busy={tests.testRun?.state === "running"}
          busyLabel="Testing…"
          onClick={() => void tests.runAll(body.steps)}
        >
          <Play aria-hidden />
          Test run
        </Button>
      )}
      {may.edit && (
        <Button variant="primary" onClick={props.onPublish}>
          Publish
        </Button>
      )}
    </WorkTop>
  );
}

const toSaveState = (state: EditorState["draft"]["state"], retryInSeconds: number | undefined): SaveState => {
  if (state.kind === "failed") return { kind: "failed", retryInSeconds };
  return state.kind === "conflict" ? { kind: "failed" } : state;
};
