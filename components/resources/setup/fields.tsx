"use client";

import {
  BoundNumber,
  type BoundNumberProps,
  BoundSelect,
  type BoundSelectProps,
  BoundText,
  type BoundTextProps,
} from "#components/ui/bound-fields.tsx";
import { useDraftField } from "./draft-field.ts";

/** Fields of the draft by their dotted paths. */
type At<Props> = Omit<Props, "bound"> & { path: string };

export type DraftTextProps = At<BoundTextProps>;

export function DraftText({ path, ...rest }: DraftTextProps) {
  return <BoundText bound={useDraftField(path)} {...rest} />;
}

export function DraftSelect({ path, ...rest }: At<BoundSelectProps>) {
  return <BoundSelect bound={useDraftField(path)} {...rest} />;
}

export function DraftNumber({ path, ...rest }: At<BoundNumberProps>) {
  return <BoundNumber bound={useDraftField<number | undefined>(path)} {...rest} />;
}
