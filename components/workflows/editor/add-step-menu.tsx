"use client";

import { ArrowUpRight, Braces, CornerDownLeft, Plus, Repeat2, Split, Timer } from "lucide-react";
import type { ReactNode } from "react";
import { MenuGroup, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { RowMenu } from "#components/ui/row-menu.tsx";
import type { ChainPlace } from "../chain-types.ts";

/** What a new step is to be: a request through a resource, or one of the others. */
export type NewStep =
  | { type: "request"; resourceId: string }
  | { type: "condition" | "fan_out" | "delay" | "function" | "response"; resourceId?: never };

export const STEP_KINDS = {
  request: { label: "Request", icon: ArrowUpRight, hint: "" },
  condition: { label: "Conditional", icon: Split, hint: "Go one way or the other" },
  fan_out: { label: "Fan Out", icon: Repeat2, hint: "Steps for each item of a list" },
  delay: { label: "Delay", icon: Timer, hint: "Wait, minutes to days" },
  function: { label: "Function", icon: Braces, hint: "A few lines of JavaScript" },
  response: { label: "Response", icon: CornerDownLeft, hint: "Answer the caller" },
} as const;

/** A place as the value of a button: the one menu of all places is asked for its items by it. */
export const writePlace = ({ parent, branch, index }: ChainPlace): string => `${parent ?? ""}/${branch ?? ""}/${index}`;

export function readPlace(text: string): ChainPlace {
  const [parent, branch, index] = text.split("/");
  return { parent: parent || null, branch: (branch || null) as ChainPlace["branch"], index: Number(index) };
}

/** On the cable: a round button; at the end of the chain one with words. Both open the menu `menu`. */
export function PlusButton({ menu, place, after }: { menu: string; place: ChainPlace; after: string }) {
  return (
    <button
      type="button"
      className="flow-plus"
      value={writePlace(place)}
      popoverTarget={menu}
      aria-haspopup="menu"
      aria-expanded={false}
      aria-label={`Add step ${after}`}
      title="Add step"
    >
      <Plus aria-hidden />
    </button>
  );
}

export function AddStepButton({
  menu,
  place,
  quiet,
  label,
  detail,
}: {
  menu: string;
  place: ChainPlace;
  quiet?: boolean;
  label: string;
  detail?: string;
}) {
  return (
    <button
      type="button"
      className="ui-button"
      data-variant={quiet ? "ghost" : "default"}
      data-size={quiet ? "small" : "medium"}
      value={writePlace(place)}
      popoverTarget={menu}
      aria-haspopup="menu"
      aria-expanded={false}
    >
      <Plus aria-hidden />
      {label}
      {detail && <span className="sr-only">{detail}</span>}
    </button>
  );
}

export interface AddStepMenuProps {
  id: string;
  /** The published ones. */
  resources: readonly { id: string; name: string; icon: ReactNode }[];
  onAdd: (place: ChainPlace, step: NewStep) => void;
}

/** One menu for all places where a step can go. */
export function AddStepMenu({ id, resources, onAdd }: AddStepMenuProps) {
  const others = (["condition", "fan_out", "delay", "function", "response"] as const).map((type) => ({ type, ...STEP_KINDS[type] }));
  return (
    <RowMenu id={id}>
      {(row) => {
        const place = readPlace(row);
        return (
          <>
            <MenuGroup label="Requests">
              {resources.map((resource) => (
                <MenuItem
                  key={resource.id}
                  icon={resource.icon}
                  onSelect={() => onAdd(place, { type: "request", resourceId: resource.id })}
                >
                  <span className="cut">{resource.name} Request</span>
                </MenuItem>
              ))}
              {resources.length === 0 && <p className="flow-menu-note">No resource is published yet. Each one that is stands here.</p>}
            </MenuGroup>
            <MenuRule />
            <MenuGroup label="Steps">
              {others.map(({ type, label, icon: Icon, hint }) => (
                <MenuItem key={type} icon={<Icon aria-hidden />} hint={hint} onSelect={() => onAdd(place, { type })}>
                  {label}
                </MenuItem>
              ))}
            </MenuGroup>
          </>
        );
      }}
    </RowMenu>
  );
}
