import { readFileSync } from "node:fs";

export type MemorySampling = { /** Bytes, in order. */ samples: number[]; stop(): void };

/** Resident memory of one process, each 100 ms. Linux only. */
export function sampleMemory(pid: number): MemorySampling {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentBytes(pid)), 100);
  return { samples, stop: () => clearInterval(timer) };
}

export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
