import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { DELIVERY_STATUSES } from "#lib/triggers/words.ts";

/** What stands in the address of a list of deliveries. `open` is the key of a row (lib/activity/words). */
export const DELIVERY_PARAMS = {
  status: parseAsStringLiteral(DELIVERY_STATUSES),
  open: parseAsString.withDefault(""),
};
export type DeliveryParams = inferParserType<typeof DELIVERY_PARAMS>;
