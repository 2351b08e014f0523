"use client";

import { CircleCheck, CircleSlash, Plus, X } from "lucide-react";
import { useState } from "react";
import { useFieldArray, useWatch } from "react-hook-form";
import { WizardSection } from "#components/shell/wizard-shell.tsx";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Status } from "#components/ui/status.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import type { EventCondition } from "#lib/triggers/schema.ts";
import { CONDITION_LABELS, CONDITION_OPERATORS, CONDITION_SOURCES } from "#lib/triggers/words.ts";
import { samplesOf } from "../heard-events.ts";
import { SelectAt, TextAt } from "./fields.tsx";
import { useTrigger } from "./setup-context.ts";

const SOURCE_LABELS: Record<EventCondition["source"], string> = { body: "Body", header: "Header", query: "Query" };
const NEW: EventCondition = { source: "body", field: "$.type", operator: "equals", value: "" };
const ASKS_NOTHING = ["exists", "not_exists"];

/** Which events start anything, tried on those that were captured. */
export function FilterSection() {
  const { control } = useTrigger().form;
  const rows = useFieldArray({ control, name: "body.filter.conditions" });
  const conditions = useWatch({ control, name: "body.filter.conditions" });
  return (
    <WizardSection title="Event filter" text={conditions.length === 0 ? "Every event passes" : undefined}>
      <div className="stack">
        {conditions.length > 1 && (
          <SelectAt path="body.filter.match" label="An event passes when" className="max-w-[240px]">
            <option value="all">all conditions hold</option>
            <option value="any">any condition holds</option>
          </SelectAt>
        )}
        {conditions.length > 0 && (
          <ol className="trig-conditions" aria-label="Conditions">
            {rows.fields.map((row, index) => {
              const at = `body.filter.conditions.${index}`;
              const name = `condition ${index + 1}`;
              return (
                <li key={row.id}>
                  <SelectAt path={`${at}.source`} label={`Part, ${name}`} hideLabel>
                    {CONDITION_SOURCES.map((source) => (
                      <option key={source} value={source}>
                        {SOURCE_LABELS[source]}
                      </option>
                    ))}
                  </SelectAt>
                  <TextAt path={`${at}.field`} label={`Field, ${name}`} hideLabel mono placeholder="$.type" />
                  <SelectAt path={`${at}.operator`} label={`Comparison, ${name}`} hideLabel>
                    {CONDITION_OPERATORS.map((operator) => (
                      <option key={operator} value={operator}>
                        {CONDITION_LABELS[operator]}
                      </option>
                    ))}
                  </SelectAt>
                  {ASKS_NOTHING.includes(conditions[index]?.operator ?? row.operator) ? (
                    <span />
                  ) : (
                    <TextAt path={`${at}.value`} label={`Value, ${name}`} hideLabel placeholder="task.completed" />
                  )}
                  <IconButton label={`Remove ${name}`} icon={<X aria-hidden className="icon-s" />} onClick={() => rows.remove(index)} />
                </li>
              );
            })}
          </ol>
        )}
        <Button variant="ghost" size="small" className="justify-self-start" onClick={() => rows.append(NEW)}>
          <Plus aria-hidden />
          Add condition
        </Button>
        <Tester />
      </div>
    </WizardSection>
  );
}

/** The reader of JSON paths comes when it is first asked. */
const loadFilter = () => import("#lib/triggers/matches-filter.ts");

type Tried = { of: string; passed: ReadonlySet<string> };

function Tester() {
  const { form, heard } = useTrigger();
  const samples = samplesOf(heard);
  const filter = useWatch({ control: form.control, name: "body.filter" });
  const [tried, setTried] = useState<Tried | null>(null);
  if (samples.length === 0) return <p className="ui-hint">Once events have arrived, the filter can be tried on them here.</p>;
  const key = JSON.stringify([filter, samples.map(({ id }) => id)]);
  const run = async () => {
    const { matchesFilter } = await loadFilter();
    setTried({ of: key, passed: new Set(samples.filter(({ payload }) => matchesFilter(filter, payload)).map(({ id }) => id)) });
  };
  const passed = tried?.of === key ? tried.passed : null;
  return (
    <div>
      <div className="flex items-center gap-3">
        <Button size="small" onClick={run}>
          Try on captured events
        </Button>
        <span className="text-12 text-3" role="status">
          {passed && `${passed.size} of ${samples.length} pass`}
        </span>
      </div>
      {passed && (
        <ul className="trig-tried" aria-label="Captured events">
          {samples.map(({ id, at, payload }) => (
            <li key={id}>
              <Status
                tone={passed.has(id) ? "success" : "idle"}
                icon={passed.has(id) ? <CircleCheck aria-hidden /> : <CircleSlash aria-hidden />}
              >
                {passed.has(id) ? "Passes" : "Filtered"}
              </Status>
              <TimeOfDay date={at} className="text-3" />
              <code className="cut">{JSON.stringify(payload.body)}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
