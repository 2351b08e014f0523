import { Progress } from "#components/ui/progress.tsx";

/** How much of a call's time has gone by. */
export function TimeUsed({ seconds, limitMs }: { seconds: number; limitMs: number }) {
  const limit = limitMs / 1_000;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-3">Waiting for the answer</span>
      <Progress className="ml-auto" label="Time used" value={Math.min(seconds, limit)} max={limit} />
      <span className="text-12 text-3">of {limit} s</span>
    </div>
  );
}
