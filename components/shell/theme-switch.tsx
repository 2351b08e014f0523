"use client";

import { Moon, Sun, SunMoon } from "lucide-react";
import { useState } from "react";
import { Menu, MenuRadios } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { THEME_COOKIE, type Theme } from "./theme.ts";

const YEAR_S = 365 * 24 * 60 * 60;

const icons = { light: Sun, dark: Moon, system: SunMoon };
const items = [
  { value: "light", label: "Light", icon: <Sun aria-hidden /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden /> },
  { value: "system", label: "System", icon: <SunMoon aria-hidden /> },
] as const;

function applyTheme(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API isn't in every browser we serve.
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** `theme` is what the server read from the cookie. */
export function ThemeSwitch({ theme: initial, className }: { theme: Theme; className?: string }) {
  const [theme, setTheme] = useState(initial);
  const Icon = icons[theme];
  const choose = (next: Theme) => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <Menu align="end" trigger={<IconButton label={`Theme: ${theme}`} icon={<Icon aria-hidden />} className={className} />}>
      <MenuRadios label="Theme" value={theme} onChange={choose} items={items} />
    </Menu>
  );
}
