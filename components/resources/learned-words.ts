/** What the Refresh drill learnt about an API's tokens, in words. Pure. */
import type { LearnedTokens } from "#lib/connections/schema.ts";

export type LearnedFact = { name: string; value: string };

export function learnedWords({
  grant,
  lifetimeSeconds,
  rotatesRefreshToken,
  oldAccessTokenWorks,
  ...learned
}: LearnedTokens): LearnedFact[] {
  const { scope, scopeChanged } = learned;
  return [
    {
      name: "Lifetime",
      value: lifetimeSeconds === undefined ? "Not told: renewed when a call says so" : describeLifetime(lifetimeSeconds),
    },
    {
      name: "Refresh token",
      value:
        grant === "client_credentials"
          ? "None: a token call each time"
          : rotatesRefreshToken
            ? "Rotates at each refresh"
            : "Stays the same",
    },
    {
      name: "Old access token",
      value: oldAccessTokenWorks === undefined ? "Not known" : oldAccessTokenWorks ? "Still works after a refresh" : "Ends with a refresh",
    },
    { name: "Scope", value: scopeChanged ? `Changed by a refresh${scope ? `, now ${scope}` : ""}` : "Unchanged by a refresh" },
  ];
}

const UNITS: [seconds: number, unit: string][] = [
  [86_400, "days"],
  [3_600, "h"],
  [60, "min"],
];

/** "300 s, 5 min": seconds as the API says them, and in a unit that people think in. */
export function describeLifetime(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds >= 2 * length);
  const exact = `${seconds.toLocaleString("en")} s`;
  return unit ? `${exact}, ${Math.round((seconds / unit[0]) * 10) / 10} ${unit[1]}` : exact;
}
