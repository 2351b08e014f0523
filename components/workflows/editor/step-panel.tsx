"use client";

import { ArrowDown, ArrowUp, Copy, Ellipsis, Play, Trash2 } from "lucide-react";
import { lazy, type ReactNode, type Ref, Suspense, useEffect, useState } from "react";
import { type FieldValues, useForm } from "react-hook-form";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Note } from "#components/ui/note.tsx";
import { setupStepPath } from "#lib/paths.ts";
import type { KnownVariable } from "#lib/template/variables.ts";
import type { Step } from "#lib/workflows/schema.ts";
import { BRANCH_KEYS } from "#lib/workflows/step-tree.ts";
import type { StepLook } from "./describe-step.tsx";
import type { EditorResource, StepSample, WorkflowProblem } from "./editor-types.ts";
import { ConditionForm } from "./forms/condition-form.tsx";
import { FunctionForm } from "./forms/function-form.tsx";
import { RequestForm, RetryForm } from "./forms/request-form.tsx";
import { DelayForm, FanOutForm, ResponseForm } from "./forms/small-forms.tsx";
import { PanelFrame } from "./panel-frame.tsx";
import { StepFormProvider } from "./step-form-context.ts";
import { StepName } from "./step-name.tsx";
import { type SampledScope, sampleOfVariable } from "./step-variables.ts";
import type { StepTests } from "./use-step-tests.ts";

const StepResult = lazy(async () => ({ default: (await import("./step-result.tsx")).StepResult }));

export type StepPanelTab = "settings" | "retry" | "result";

export interface StepPanelProps {
  ref?: Ref<HTMLElement>;
  projectId: string;
  step: Step;
  look: StepLook;
  resource: EditorResource | undefined;
  known: readonly KnownVariable[];
  sampled: SampledScope;
  problems: readonly WorkflowProblem[];
  /** Raised when the draft changed otherwise than by typing here. */
  epoch: number;
  readOnly: boolean;
  /** The workflow is started by a request, which waits for an answer. */
  answersRequest: boolean;
  tab: StepPanelTab;
  onTab: (tab: StepPanelTab) => void;
  sample: StepSample | undefined;
  tests: StepTests;
  takenNames: readonly string[];
  onChange: (fields: object) => void;
  onRename: (name: string) => void;
  onMove: (by: 1 | -1) => void;
  onDuplicate: () => void;
  onRemove: () => void;
  onClose: () => void;
}

const SETTINGS = { request: "Request", condition: "Rules", fan_out: "List", delay: "Wait", function: "Code", response: "Answer" };

/** The chosen step: its fields, and how its test went. */
export function StepPanel({ ref, ...props }: StepPanelProps) {
  const { step, look, resource, tab, onTab, tests, readOnly } = props;
  const tabs = [
    { value: "settings", label: SETTINGS[step.type] },
    ...(step.type === "request" ? [{ value: "retry", label: "Retry and errors" } as const] : []),
    { value: "result", label: "Result" },
  ] as const;
  const shown = tabs.some(({ value }) => value === tab) ? tab : "settings";
  const needsSetup = step.type === "request" && resource && !resource.isTestable;
  return (
    <PanelFrame
      ref={ref}
      icon={look.icon}
      hue={look.hue}
      kind={look.kind}
      title={look.label}
      tabs={tabs}
      tab={shown}
      onTab={onTab}
      onClose={props.onClose}
      actions={
        !readOnly && (
          <>
            <Button
              size="small"
              busy={tests.running === step.id}
              busyLabel="Testing…"
              onClick={() => {
                onTab("result");
                void tests.run(step.id);
              }}
              title="Test step (Ctrl+Enter)"
            >
              <Play aria-hidden />
              Test step
            </Button>
            <StepMenu {...props} />
          </>
        )
      }
    >
      {needsSetup && <NoTestCredential projectId={props.projectId} resource={resource} />}
      {shown === "result" ? (
        <Suspense>
          <StepResult
            test={tests.of(step.id)}
            sample={props.sample}
            isRunning={tests.running === step.id}
            onConfirm={() => void tests.run(step.id, true)}
            onRun={readOnly ? undefined : () => void tests.run(step.id)}
            projectId={props.projectId}
          />
        </Suspense>
      ) : (
        <StepFields {...props}>
          {shown === "retry" ? (
            <RetryForm />
          ) : (
            <>
              <FieldsOf {...props} />
              <StepName key={step.id} name={step.name} taken={props.takenNames} readOnly={readOnly} onRename={props.onRename} />
            </>
          )}
        </StepFields>
      )}
    </PanelFrame>
  );
}

function FieldsOf({ step, resource, sampled, answersRequest }: StepPanelProps): ReactNode {
  switch (step.type) {
    case "request":
      return <RequestForm baseUrl={resource?.baseUrl ?? ""} sampled={sampled} />;
    case "condition":
      return <ConditionForm />;
    case "fan_out":
      return <FanOutForm />;
    case "delay":
      return <DelayForm />;
    case "function":
      return <FunctionForm />;
    case "response":
      return <ResponseForm isRequest={answersRequest} />;
  }
}

/** A step without the steps in it: those are the tree's. */
const ownFields = (step: Step): FieldValues =>
  Object.fromEntries(Object.entries(step).filter(([key]) => key !== "name" && !(BRANCH_KEYS as readonly string[]).includes(key)));

/** The form of one step. What is typed goes to the draft at once; what changes there otherwise comes back by `epoch`. */
function StepFields({ children, ...props }: StepPanelProps & { children: ReactNode }) {
  const { step, epoch, onChange, known, problems, readOnly } = props;
  return (
    <StepFieldsOf
      key={step.id}
      id={step.id}
      values={ownFields(step)}
      epoch={epoch}
      onChange={onChange}
      known={known}
      problems={problems}
      readOnly={readOnly}
    >
      {children}
    </StepFieldsOf>
  );
}

export interface StepFieldsOfProps {
  id: string;
  values: FieldValues;
  epoch: number;
  onChange: (fields: object) => void;
  known: readonly KnownVariable[];
  problems: readonly WorkflowProblem[];
  readOnly: boolean;
  children: ReactNode;
}

export function StepFieldsOf({ id, values, epoch, onChange, known, problems, readOnly, children }: StepFieldsOfProps) {
  const form = useForm<FieldValues>({ defaultValues: values, mode: "onTouched" });
  const [seen, setSeen] = useState(epoch);
  useEffect(() => {
    if (seen === epoch) return;
    setSeen(epoch);
    form.reset(values);
  }, [seen, epoch, form, values]);
  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: ({ values: next }) => onChange(structuredClone(next)),
      }),
    [form, onChange],
  );
  const context = {
    id,
    control: form.control,
    set: (path: string, value: unknown) => form.setValue(path, value, { shouldDirty: true }),
    known,
    sampleOf: sampleOfVariable,
    problemAt: (path: string) => problems.find((problem) => problem.at === id && problem.path === path)?.message,
    readOnly,
  };
  return <StepFormProvider value={context}>{children}</StepFormProvider>;
}

function StepMenu({ look, onMove, onDuplicate, onRemove }: StepPanelProps) {
  return (
    <Menu
      align="end"
      trigger={<IconButton size="small" label={`More for ${look.label}`} title="More" icon={<Ellipsis aria-hidden className="icon-s" />} />}
    >
      <MenuItem icon={<ArrowUp aria-hidden />} hint="Alt ↑" onSelect={() => onMove(-1)}>
        Move up
      </MenuItem>
      <MenuItem icon={<ArrowDown aria-hidden />} hint="Alt ↓" onSelect={() => onMove(1)}>
        Move down
      </MenuItem>
      <MenuItem icon={<Copy aria-hidden />} onSelect={onDuplicate}>
        Duplicate
      </MenuItem>
      <MenuRule />
      <MenuItem icon={<Trash2 aria-hidden />} danger hint="Delete" onSelect={onRemove}>
        Delete step
      </MenuItem>
    </Menu>
  );
}

export function NoTestCredential({ projectId, resource }: { projectId: string; resource: Pick<EditorResource, "id" | "name"> }) {
  return (
    <Note
      tone="warning"
      title={`${resource.name} has no test credential.`}
      action={
        <ButtonLink size="small" href={setupStepPath(projectId, resource.id, "test-and-publish")}>
          Go to Resource Setup
        </ButtonLink>
      }
    >
      A test runs as the test user: enter values under Test and Publish and send a test request once.
    </Note>
  );
}
