"use client";

import { Plus, Trash2, X } from "lucide-react";
import { useFieldArray, useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { StepSelect, StepTemplate } from "../step-fields.tsx";
import { stepFieldId, useStepForm } from "../step-form-context.ts";

export const OPERATORS = [
  ["equals", "is"],
  ["not_equals", "is not"],
  ["contains", "contains"],
  ["not_contains", "doesn’t contain"],
  ["greater", "is more than"],
  ["less", "is less than"],
  ["exists", "is there"],
  ["not_exists", "isn’t there"],
] as const;
const ALONE = new Set(["exists", "not_exists"]);

/** Groups of rules: all of a group must hold, and one group is enough. */
export function ConditionForm() {
  const { id, control, readOnly } = useStepForm();
  const groups = useFieldArray({ control, name: "groups" });
  const add = () => {
    groups.append({ rules: [newRule()] }, { shouldFocus: false });
    focusLater(stepFieldId(id, `groups.${groups.fields.length}.rules.0.left`));
  };
  return (
    <div>
      <p className="mb-2 text-2">The run goes on under “If true” when all rules of a group hold, else under “Otherwise”.</p>
      {groups.fields.map((group, index) => (
        <div key={group.id}>
          {index > 0 && <p className="flow-joint">or</p>}
          <RuleGroup
            path={`groups.${index}`}
            title={groups.fields.length > 1 ? `Group ${index + 1}` : "Rules"}
            onRemove={groups.fields.length > 1 ? () => groups.remove(index) : undefined}
          />
        </div>
      ))}
      {!readOnly && (
        <Button variant="ghost" size="small" className="mt-2 -ml-2" onClick={add}>
          <Plus aria-hidden />
          Or another group
        </Button>
      )}
    </div>
  );
}

export const newRule = () => ({ left: "", operator: "equals", right: "" });
const focusLater = (id: string) => setTimeout(() => document.getElementById(id)?.focus());

function RuleGroup({ path, title, onRemove }: { path: string; title: string; onRemove?: () => void }) {
  const { id, control, known, readOnly } = useStepForm();
  const rules = useFieldArray({ control, name: `${path}.rules` });
  const example = known.find(({ name, open }) => name.startsWith("trigger.") && !open)?.name ?? "trigger.body.priority";
  const values = useWatch({ control, name: `${path}.rules` }) as { operator: string }[] | undefined;
  const add = () => {
    rules.append(newRule(), { shouldFocus: false });
    focusLater(stepFieldId(id, `${path}.rules.${rules.fields.length}.left`));
  };
  return (
    <section aria-label={title}>
      {rules.fields.map((rule, index) => {
        const row = `${path}.rules.${index}`;
        return (
          <div key={rule.id}>
            {index > 0 && <p className="flow-joint">and</p>}
            <div className="flow-rule">
              <div className="grid min-w-0 gap-2">
                <StepTemplate path={`${row}.left`} label={`Value ${index + 1}`} hideLabel placeholder={`{{${example}}}`} />
                <StepSelect path={`${row}.operator`} label={`How value ${index + 1} is compared`} hideLabel>
                  {OPERATORS.map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </StepSelect>
                {!ALONE.has(values?.[index]?.operator ?? "") && (
                  <StepTemplate path={`${row}.right`} label={`Compared with ${index + 1}`} hideLabel placeholder="high" />
                )}
              </div>
              {!readOnly && rules.fields.length > 1 && (
                <IconButton
                  label={`Remove rule ${index + 1}`}
                  icon={<X aria-hidden className="icon-s" />}
                  onClick={() => rules.remove(index)}
                />
              )}
            </div>
          </div>
        );
      })}
      {!readOnly && (
        <div className="mt-2 -ml-2 flex gap-1">
          <Button variant="ghost" size="small" onClick={add}>
            <Plus aria-hidden />
            And another rule
          </Button>
          {onRemove && (
            <Button variant="ghost" size="small" onClick={onRemove}>
              <Trash2 aria-hidden />
              Remove group
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
