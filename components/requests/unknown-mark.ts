/** Stands in a preview where an unknown input or secret would: unreserved characters only, so every landing place writes it as it is. */
export const unknownMark = (name: string): string => `~~${name}~~`;
export const UNKNOWN_MARK = /~~((?:inputs|secrets)\.[A-Za-z0-9_-]+)~~/;
