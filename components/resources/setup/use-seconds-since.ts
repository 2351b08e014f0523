"use client";

import { useEffect, useState } from "react";

/** Seconds since `key` became what it is, told ten times a second: one call after another, each from zero. */
export function useSecondsSince(key: string): number {
  const [counted, setCounted] = useState({ key, seconds: 0 });
  useEffect(() => {
    const startedAt = Date.now();
    const timer = setInterval(() => setCounted({ key, seconds: (Date.now() - startedAt) / 1_000 }), 100);
    return () => clearInterval(timer);
  }, [key]);
  return counted.key === key ? counted.seconds : 0;
}
