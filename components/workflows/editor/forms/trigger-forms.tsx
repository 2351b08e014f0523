"use client";

import { Plus, X } from "lucide-react";
import { Fragment, lazy, Suspense } from "react";
import { useFieldArray, useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { StepArea, StepCheck, StepSelect, StepText } from "../step-fields.tsx";
import { stepFieldId, useStepForm } from "../step-form-context.ts";

const NextTicks = lazy(async () => ({ default: (await import("./next-ticks.tsx")).NextTicks }));

export function EventForm() {
  return (
    <>
      <StepText
        path="name"
        label="Event name"
        mono
        placeholder="task.completed"
        hint="What your app calls it. A name that no live workflow listens for is refused, with what was probably meant."
      />
      <StepArea
        path="example"
        label="Example of its payload"
        mono
        rows={8}
        hint="It stands for the schema: an event must have these fields, with values of the same kind; null takes any. More fields are welcome. Steps read them as {{trigger.…}}."
      />
    </>
  );
}

export function RequestTriggerForm() {
  return (
    <>
      <StepArea
        path="body"
        label="Example of its body"
        mono
        rows={6}
        hint="It stands for the schema: a request must have these fields, with values of the same kind; null takes any. Left empty, any body is taken."
      />
      <AskedValues
        path="query"
        title="Query parameters"
        add="Add query parameter"
        noun="Parameter"
        hint="Steps read them as {{trigger.query.…}}."
      />
      <AskedValues
        path="headers"
        title="Request headers"
        add="Add header"
        noun="Header"
        hint="Steps read them as {{trigger.headers.…}}, in small letters."
      />
      <p className="ui-hint mt-0!">
        What doesn’t fit is refused with 400 and the field. Else the answer is 202 with the run’s id, or that of a Response step within 55
        s.
      </p>
    </>
  );
}

type AskedProps = { path: "query" | "headers"; title: string; add: string; noun: string; hint: string };

/** What a request must, or may, carry by name: the example stands for the kind of its value. */
function AskedValues({ path, title, add, noun, hint }: AskedProps) {
  const { id, control, readOnly } = useStepForm();
  const list = useFieldArray({ control, name: path });
  const values = useWatch({ control, name: path }) as { name: string }[] | undefined;
  const append = () => {
    const at = list.fields.length;
    list.append({ name: "", required: true, example: "" }, { shouldFocus: false });
    setTimeout(() => document.getElementById(stepFieldId(id, `${path}.${at}.name`))?.focus());
  };
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <p className="ui-hint mt-0.5!">
        {list.fields.length === 0
          ? "Any are taken. Add those that a run can’t do without."
          : `An example that is a number, or true or false, asks for one. ${hint}`}
      </p>
      {list.fields.length > 0 && (
        <div className="flow-asked">
          <span aria-hidden>Name</span>
          <span aria-hidden>Example</span>
          <span aria-hidden>Required</span>
          <span />
          {list.fields.map((field, index) => {
            const name = values?.[index]?.name || `${noun.toLowerCase()} ${index + 1}`;
            return (
              <Fragment key={field.id}>
                <StepText
                  path={`${path}.${index}.name`}
                  label={`${noun} name`}
                  hideLabel
                  mono
                  placeholder={path === "query" ? "page" : "X-Tenant"}
                />
                <StepText path={`${path}.${index}.example`} label={`Example of ${name}`} hideLabel mono placeholder="Any text" />
                <StepCheck path={`${path}.${index}.required`} label={`${name} is required`} />
                <IconButton
                  label={`Remove ${name}`}
                  icon={<X aria-hidden className="icon-s" />}
                  disabled={readOnly}
                  onClick={() => list.remove(index)}
                />
              </Fragment>
            );
          })}
        </div>
      )}
      {!readOnly && (
        <Button variant="ghost" size="small" className="mt-1 -ml-2" onClick={append}>
          <Plus aria-hidden />
          {add}
        </Button>
      )}
    </section>
  );
}

const OFTEN = [
  ["0 * * * *", "Every hour"],
  ["0 9 * * *", "Every day at 9"],
  ["0 9 * * 1-5", "Weekdays at 9"],
  ["0 9 * * 1", "Mondays at 9"],
] as const;

export function ScheduleForm({ zones }: { zones: readonly string[] }) {
  const { control, set, readOnly } = useStepForm();
  const [cron, zone] = useWatch({ control, name: ["cron", "zone"] }) as [string, string];
  return (
    <>
      <div>
        <StepText
          path="cron"
          label="Cron expression"
          mono
          placeholder="0 9 * * 1-5"
          hint="Minute, hour, day, month, weekday; a sixth field in front is seconds."
        />
        {!readOnly && (
          <div className="flow-often">
            {OFTEN.map(([value, label]) => (
              <Button key={value} size="small" aria-pressed={cron === value} onClick={() => set("cron", value)}>
                {label}
              </Button>
            ))}
          </div>
        )}
      </div>
      <StepSelect path="zone" label="Time zone" hint="Summer time is that zone’s.">
        {zones.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </StepSelect>
      <Suspense>
        <NextTicks cron={cron ?? ""} zone={zone ?? ""} />
      </Suspense>
    </>
  );
}

export function UserConnectedForm({ resources }: { resources: readonly { id: string; name: string }[] }) {
  return (
    <StepSelect path="resourceId" label="Resource" hint="Runs for the user who connects, at the first connect and after a disconnect.">
      <option value="">Any resource</option>
      {resources.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </StepSelect>
  );
}
