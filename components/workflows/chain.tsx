"use client";

import { clsx } from "clsx";
import { type KeyboardEvent, type ReactNode, use, useMemo } from "react";
import { Tile } from "#components/ui/tile.tsx";
import { ChainContext, type ChainItem, type ChainPlace, type ChainShown } from "./chain-types.ts";

export interface ChainProps extends ChainShown {
  /** What starts it: the first card. */
  trigger: ChainItem | ReactNode;
  items: readonly ChainItem[];
  className?: string;
}

/**
 * A workflow as cards on a cable, from the trigger down. A fork runs on in two columns, a fan is a frame around its steps. Cards are
 * buttons in the order of the cable; the arrow keys move along it.
 */
export function Chain({ trigger, items, className, ...shown }: ChainProps) {
  const { selected, onSelect, renderPlus, renderEnd } = shown;
  const value = useMemo(() => ({ selected, onSelect, renderPlus, renderEnd }), [selected, onSelect, renderPlus, renderEnd]);
  return (
    <ChainContext value={value}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only hears the arrow keys of the cards inside. */}
      <div className={clsx("flow-chain", className)} onKeyDown={moveByKey}>
        <ol className="flow-list">
          <li>{isItem(trigger) ? <ChainCard item={trigger} place="first" /> : trigger}</li>
          <Links items={items} parent={null} branch={null} />
        </ol>
      </div>
    </ChainContext>
  );
}

const isItem = (value: ChainItem | ReactNode): value is ChainItem =>
  typeof value === "object" && value !== null && "kind" in value && "label" in value;

/** The cards of one list, each with the cable that leads to it, and what stands at its end. */
function Links({ items, parent, branch }: { items: readonly ChainItem[]; parent: string | null; branch: ChainPlace["branch"] }) {
  const { renderPlus, renderEnd } = use(ChainContext);
  return (
    <>
      {items.map((item, index) => (
        <li key={item.id}>
          <Wire>{renderPlus?.({ parent, branch, index })}</Wire>
          <ChainLink item={item} />
        </li>
      ))}
      {renderEnd && (
        <li>
          <Wire idle short />
          {renderEnd({ parent, branch, index: items.length }, items.length === 0)}
        </li>
      )}
    </>
  );
}

function Wire({ idle, short, children }: { idle?: boolean; short?: boolean; children?: ReactNode }) {
  return (
    <div className="flow-wire" data-idle={idle || undefined} data-short={short || undefined}>
      {children}
    </div>
  );
}

function ChainLink({ item }: { item: ChainItem }) {
  const { branches = [], frame } = item;
  if (frame === "fan") {
    return (
      <div className="flow-fan" data-state={item.state}>
        <ChainCard item={item} place="frame" />
        {branches.map((branch) => (
          <ol key={branch.key} className="flow-list" aria-label={branch.label}>
            <Links items={branch.items} parent={item.id} branch={branch.key} />
          </ol>
        ))}
      </div>
    );
  }
  return (
    <>
      <ChainCard item={item} place={branches.length > 0 ? "fork" : "middle"} />
      {branches.length > 0 && (
        <div className="flow-fork">
          {branches.map((branch) => (
            <div key={branch.key} className="flow-branch" data-state={branch.state}>
              <span className="flow-branch-label">{branch.label}</span>
              <ol className="flow-list" aria-label={branch.label}>
                <Links items={branch.items} parent={item.id} branch={branch.key} />
              </ol>
              <span className="flow-branch-rest" />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

function ChainCard({ item, place }: { item: ChainItem; place: "first" | "middle" | "fork" | "frame" }) {
  const { selected, onSelect } = use(ChainContext);
  const { id, icon, hue, kind, label, title, chip, state } = item;
  return (
    <button
      type="button"
      className="flow-card"
      data-node={id}
      data-place={place}
      data-state={state}
      aria-current={selected === id || undefined}
      onClick={() => onSelect?.(id)}
    >
      <Tile hue={hue}>{icon}</Tile>
      <span className="min-w-0">
        <span className="flow-kind cut">{kind}</span>
        <span className="flow-name cut">{title ?? label}</span>
      </span>
      {chip}
    </button>
  );
}

/** Along the cable, in its order. */
function moveByKey(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-node]")];
  const at = cards.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  cards[at + step]?.focus();
}
