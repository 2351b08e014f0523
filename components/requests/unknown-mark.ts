/** Stands in a preview where an unknown input would: unreserved characters only, so every landing place writes it as it is. */
export const unknownMark = (key: string): string => `~~inputs.${key}~~`;
export const UNKNOWN_MARK = /~~(inputs\.[A-Za-z0-9_-]+)~~/;
