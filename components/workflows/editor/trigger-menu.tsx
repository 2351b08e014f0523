"use client";

import { Plus } from "lucide-react";
import type { ReactElement } from "react";
import { Menu, MenuGroup, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { resourceTabPath } from "#lib/paths.ts";
import { TriggerIcon } from "../trigger-icon.tsx";

export type NewTrigger =
  | { type: "resource"; resourceId: string; triggerId: string }
  | { type: "event" | "request" | "schedule" | "user_connected" };

export const TRIGGER_KINDS = {
  event: { label: "App Event", hint: "Your app calls event()" },
  request: { label: "Request", hint: "Your app calls workflow()" },
  schedule: { label: "Scheduler", hint: "By the clock" },
  user_connected: { label: "User Connected", hint: "Somebody connects" },
} as const;

export interface TriggerMenuProps {
  projectId: string;
  trigger: ReactElement<Record<string, unknown>>;
  /** Resources with the triggers that are fully configured. */
  resources: readonly { id: string; name: string; triggers: readonly { id: string; name: string }[] }[];
  onChoose: (trigger: NewTrigger) => void;
  align?: "start" | "end";
}

/** Resources without a trigger that are offered one. */
const MOST_OFFERED = 4;

/** "<Name> Triggers" for each resource that has one, then what your app and the clock can start. */
export function TriggerMenu({ projectId, trigger, resources, onChoose, align }: TriggerMenuProps) {
  const withTriggers = resources.filter(({ triggers }) => triggers.length > 0);
  const without = resources.filter(({ triggers }) => triggers.length === 0);
  return (
    <Menu trigger={trigger} align={align}>
      {withTriggers.map((resource) => (
        <MenuGroup key={resource.id} label={`${resource.name} Triggers`}>
          {resource.triggers.map(({ id, name }) => (
            <MenuItem
              key={id}
              icon={<TriggerIcon type="resource" />}
              onSelect={() => onChoose({ type: "resource", resourceId: resource.id, triggerId: id })}
            >
              <span className="cut">{name}</span>
            </MenuItem>
          ))}
        </MenuGroup>
      ))}
      {withTriggers.length > 0 && <MenuRule />}
      <MenuGroup label="Your app and the clock">
        {(["event", "request", "schedule", "user_connected"] as const).map((type) => (
          <MenuItem key={type} icon={<TriggerIcon type={type} />} hint={TRIGGER_KINDS[type].hint} onSelect={() => onChoose({ type })}>
            {TRIGGER_KINDS[type].label}
          </MenuItem>
        ))}
      </MenuGroup>
      {without.length > 0 && (
        <>
          <MenuRule />
          <MenuGroup label="Webhooks of a resource">
            {without.slice(0, MOST_OFFERED).map(({ id, name }) => (
              <MenuItem key={id} icon={<Plus aria-hidden />} hint="Create Trigger" href={resourceTabPath(projectId, id, "triggers")}>
                <span className="cut">{name} Triggers</span>
              </MenuItem>
            ))}
          </MenuGroup>
        </>
      )}
      {resources.length === 0 && <p className="flow-menu-note">The webhooks of a resource stand here too, once one is published.</p>}
    </Menu>
  );
}
