/** The theme choice, kept in a cookie so that the server can render it. */
export const THEME_COOKIE = "theme";

export type Theme = "light" | "dark" | "system";

export const readTheme = (cookie: string | undefined): Theme => (cookie === "light" || cookie === "dark" ? cookie : "system");
