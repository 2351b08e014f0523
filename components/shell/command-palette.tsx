"use client";

import { Command, useCommandState } from "cmdk";
import { Search } from "lucide-react";
import * as Radix from "radix-ui/dialog";
import { useEffect, useEffectEvent, useState } from "react";
import { Kbd } from "#components/ui/kbd.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { useFocusReturn } from "#components/ui/use-focus-return.ts";
import type { CommandGroup, Commands, Command as PaletteCommand } from "./commands.ts";

export interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  commands: Commands;
}

/** Search or jump to. Loaded when first opened: import it through `ShellCommands`. */
export function CommandPalette({ open, onOpenChange, commands }: CommandPaletteProps) {
  const { navigate } = useNavigation();
  const focusReturn = useFocusReturn();
  const groups = useGroups(commands, open);
  const run = (command: PaletteCommand) => {
    onOpenChange(false);
    if (command.href) navigate(command.href);
    else command.onSelect?.();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="ui-scrim">
          <Radix.Content {...focusReturn} className="ui-palette" aria-describedby={undefined}>
            <Radix.Title className="sr-only">Command palette</Radix.Title>
            <Command label="Search or jump to" loop>
              <div className="ui-palette-query">
                <Search aria-hidden />
                <Command.Input placeholder="Search or jump to" />
                <Kbd keys={["Esc"]} />
              </div>
              <Command.List className="ui-palette-list" label="Results">
                <Command.Empty className="ui-palette-empty">Nothing matches. Try a shorter word.</Command.Empty>
                {groups.map((group) => (
                  <Command.Group key={group.label} heading={group.label}>
                    {group.commands.map((command) => (
                      <Command.Item
                        key={command.id}
                        value={`${command.label} ${command.id}`}
                        keywords={command.keywords ? [...command.keywords] : undefined}
                        className="ui-menu-item"
                        onSelect={() => run(command)}
                      >
                        {command.icon}
                        <span className="cut">{command.label}</span>
                        {command.hint && <span className="ui-menu-hint">{command.hint}</span>}
                      </Command.Item>
                    ))}
                  </Command.Group>
                ))}
              </Command.List>
              <PaletteFoot />
            </Command>
          </Radix.Content>
        </Radix.Overlay>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The known ones at once, the fetched ones as they come. */
function useGroups({ list, fetch }: Commands, open: boolean): readonly CommandGroup[] {
  const [fetched, setFetched] = useState<readonly CommandGroup[]>([]);
  const fetchGroups = useEffectEvent(async () => {
    const groups = await fetch?.().catch(() => null);
    if (groups) setFetched(groups);
  });
  useEffect(() => {
    if (open) void fetchGroups();
  }, [open]);
  return [...list(), ...fetched];
}

function PaletteFoot() {
  const count = useCommandState((state) => state.filtered.count);
  return (
    <div className="ui-menu-foot">
      <span className="flex items-center gap-1 max-sm:hidden">
        <Kbd keys={["↑", "↓"]} /> move
      </span>
      <span className="flex items-center gap-1 max-sm:hidden">
        <Kbd keys={["Enter"]} /> open
      </span>
      <span className="ml-auto" role="status">
        {count === 1 ? "1 result" : `${count} results`}
      </span>
    </div>
  );
}
