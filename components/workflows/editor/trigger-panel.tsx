"use client";

import { Replace } from "lucide-react";
import type { Ref } from "react";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { triggerPath } from "#lib/paths.ts";
import type { WorkflowTrigger } from "#lib/workflows/schema.ts";
import type { StepLook } from "./describe-step.tsx";
import type { EditorResource, StepSample, WorkflowProblem } from "./editor-types.ts";
import { EventForm, RequestTriggerForm, ScheduleForm, UserConnectedForm } from "./forms/trigger-forms.tsx";
import { PanelFrame } from "./panel-frame.tsx";
import { StartCode } from "./start-code.tsx";
import { NoTestCredential, StepFieldsOf } from "./step-panel.tsx";
import { SampleView } from "./step-result.tsx";
import { type NewTrigger, TriggerMenu } from "./trigger-menu.tsx";

export interface TriggerPanelProps {
  ref?: Ref<HTMLElement>;
  ids: { projectId: string; workflowId: string };
  /** Of the machine API, for the code that starts it. */
  apiUrl: string;
  trigger: WorkflowTrigger;
  look: StepLook;
  resources: readonly EditorResource[];
  problems: readonly WorkflowProblem[];
  epoch: number;
  readOnly: boolean;
  /** A version runs: code that starts it is answered. */
  isLive: boolean;
  sample: StepSample | undefined;
  onChange: (fields: object) => void;
  onChoose: (trigger: NewTrigger) => void;
  onClose: () => void;
}

export function TriggerPanel({ ref, ...props }: TriggerPanelProps) {
  const { trigger, look, resources, readOnly, sample } = props;
  const { type, ...values } = trigger;
  const resource = trigger.type === "resource" ? resources.find(({ id }) => id === trigger.resourceId) : undefined;
  return (
    <PanelFrame
      ref={ref}
      icon={look.icon}
      hue={look.hue}
      kind={look.kind}
      title={look.label}
      onClose={props.onClose}
      actions={
        !readOnly && (
          <TriggerMenu
            align="end"
            projectId={props.ids.projectId}
            resources={resources}
            onChoose={props.onChoose}
            trigger={
              <Button size="small">
                <Replace aria-hidden />
                Change
              </Button>
            }
          />
        )
      }
    >
      {resource && !resource.isTestable && <NoTestCredential projectId={props.ids.projectId} resource={resource} />}
      <StepFieldsOf
        key={type}
        id="trigger"
        values={values}
        epoch={props.epoch}
        onChange={props.onChange}
        known={[]}
        problems={props.problems}
        readOnly={readOnly}
      >
        <div className="stack">
          <Fields {...props} />
        </div>
      </StepFieldsOf>
      {(trigger.type === "event" || trigger.type === "request") && (
        <StartCode ids={props.ids} apiUrl={props.apiUrl} trigger={trigger} isLive={props.isLive} />
      )}
      <Sample trigger={trigger} sample={sample} />
    </PanelFrame>
  );
}

/** What steps read under `trigger`. An App Event's is the example, which stands above. */
function Sample({ trigger, sample }: Pick<TriggerPanelProps, "trigger" | "sample">) {
  if (trigger.type === "event") return null;
  if (sample) return <SampleView sample={sample} title="Sample" />;
  return <p className="ui-hint">No sample yet: the first event that comes in becomes one, and its fields stand in the variable menu.</p>;
}

function Fields({ ids, trigger, resources }: TriggerPanelProps) {
  switch (trigger.type) {
    case "event":
      return <EventForm />;
    case "request":
      return <RequestTriggerForm />;
    case "schedule":
      return <ScheduleForm zones={zonesWith(trigger.zone)} />;
    case "user_connected":
      return <UserConnectedForm resources={resources.filter(({ level }) => level === "user")} />;
    case "resource":
      return (
        <p className="text-2">
          Its webhook, verification and user mapping are set up on the resource’s page, under{" "}
          <Link href={triggerPath(ids.projectId, trigger.triggerId)}>Triggers</Link>.
        </p>
      );
  }
}

const zonesWith = (zone: string): string[] => [...new Set(["UTC", zone, ...Intl.supportedValuesOf("timeZone")])].filter(Boolean);
