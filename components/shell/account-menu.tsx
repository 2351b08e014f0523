"use client";

import { LogOut, UserRound } from "lucide-react";
import { Avatar } from "#components/ui/avatar.tsx";
import { Menu, MenuGroup, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";

export interface Account {
  name: string;
  email: string;
  /** The page of the account itself. */
  href?: string;
}

export function AccountMenu({ account, onSignOut }: { account: Account; onSignOut: () => void }) {
  return (
    <Menu align="end" trigger={<IconButton label={`Account of ${account.name}`} icon={<Avatar name={account.name} />} />}>
      <MenuGroup label={account.name}>
        <div className="cut px-3 pb-1 text-12 text-2">{account.email}</div>
      </MenuGroup>
      <MenuRule />
      {account.href && (
        <MenuItem icon={<UserRound aria-hidden />} href={account.href}>
          Your account
        </MenuItem>
      )}
      <MenuItem icon={<LogOut aria-hidden />} onSelect={onSignOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
