const LIMIT = 1_000;

/** "215", "1,000+": counts stop at 1,001. */
export const formatCount = (count: number): string => (count > LIMIT ? "1,000+" : count.toLocaleString("en"));
