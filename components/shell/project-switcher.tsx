"use client";

import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { Menu, MenuGroup, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { Tile } from "#components/ui/tile.tsx";

export interface ProjectChoice {
  id: string;
  name: string;
  href: string;
}

export interface ProjectSwitcherProps {
  current: ProjectChoice;
  projects: readonly ProjectChoice[];
  onCreate?: () => void;
}

export function ProjectSwitcher({ current, projects, onCreate }: ProjectSwitcherProps) {
  return (
    <Menu
      trigger={
        <button type="button" className="shell-switcher">
          <Tile>{current.name.charAt(0).toUpperCase()}</Tile>
          <span className="cut">{current.name}</span>
          <ChevronsUpDown aria-hidden className="icon-s" />
          <span className="sr-only">, switch project</span>
        </button>
      }
    >
      <MenuGroup label="Projects">
        {projects.map((project) => (
          <MenuItem
            key={project.id}
            href={project.href}
            hint={project.id === current.id && <Check aria-label="Present project" className="icon-s" />}
          >
            <span className="cut">{project.name}</span>
          </MenuItem>
        ))}
      </MenuGroup>
      {onCreate && (
        <>
          <MenuRule />
          <MenuItem icon={<Plus aria-hidden />} onSelect={onCreate}>
            Create project
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
