import { customType, timestamp, uuid } from "drizzle-orm/pg-core";

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });

/** Identifiers are UUID v4: the published client takes v7 for ids of its own side. */
export const id = () => uuid().notNull().defaultRandom();
export const at = () => timestamp({ withTimezone: true, mode: "date" });
export const now = () => at().notNull().defaultNow();
