"use client";

import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Radio } from "#components/ui/radio-group.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { describeValue } from "./describe-value.ts";
import type { FoundConflict } from "./draft-saver.ts";

const NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

export interface ConflictDialogProps<Body extends object> {
  conflict: FoundConflict<Body>;
  /** The label of the field at a dotted path. */
  nameOf: (path: string) => string;
  onResolve: (body: Body) => void;
}

/** Two tabs, one draft: field by field, theirs or mine. Mine is chosen until one says otherwise, so that no text is lost by Enter. */
export function ConflictDialog<Body extends object>({ conflict, nameOf, onResolve }: ConflictDialogProps<Body>) {
  const { conflicts, merged, by, at } = conflict;
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const choose = (path: string, isTheirs: boolean) => {
    const next = new Set(theirs);
    if (isTheirs) next.add(path);
    else next.delete(path);
    setTheirs(next);
  };
  const save = (paths: ReadonlySet<string>) => {
    const body = structuredClone(merged);
    for (const { path, theirs: value } of conflicts) if (paths.has(path)) writePath(body, path, value);
    onResolve(body);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(theirs);
  };
  const number = NUMBERS[conflicts.length] ?? String(conflicts.length);

  return (
    <Dialog
      open
      // Esc keeps what is typed here, which loses nothing of this tab.
      onOpenChange={() => save(new Set())}
      closable={false}
      size="large"
      title={`${number} ${conflicts.length === 1 ? "field" : "fields"} changed in another tab`}
      text={
        <>
          {by ?? "Somebody"} saved at <TimeOfDay date={at} seconds={false} />. Your text is kept until you choose.
        </>
      }
      onSubmit={submit}
      foot={
        <>
          <Button variant="ghost" className="mr-auto" onClick={() => save(new Set(conflicts.map(({ path }) => path)))}>
            All theirs
          </Button>
          <Button onClick={() => save(new Set())}>All mine</Button>
          <Button type="submit" variant="primary">
            Save
          </Button>
        </>
      }
    >
      <ul className="setup-diff mt-2">
        {conflicts.map(({ path, ours, theirs: other }) => (
          <li key={path}>
            <b>{nameOf(path)}</b>
            {([true, false] as const).map((isTheirs) => (
              // biome-ignore lint/a11y/noLabelWithoutControl: Radio is an input.
              <label key={String(isTheirs)}>
                <Radio
                  name={`choice-${path}`}
                  option={{ value: isTheirs ? "theirs" : "mine" }}
                  value={theirs.has(path) ? "theirs" : "mine"}
                  onChange={() => choose(path, isTheirs)}
                  // The dialog focuses what comes first; that must not be the choice that isn't made.
                  tabIndex={theirs.has(path) === isTheirs ? 0 : -1}
                  aria-label={`${nameOf(path)}: ${isTheirs ? "theirs" : "mine"}, ${describeValue(isTheirs ? other : ours)}`}
                />
                <span>
                  <small>{isTheirs ? "Theirs" : "Mine"}</small>
                  <code>{describeValue(isTheirs ? other : ours)}</code>
                </span>
              </label>
            ))}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function writePath(body: object, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop()!;
  const holder = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, body as Record<string, unknown>);
  holder[last] = value;
}
