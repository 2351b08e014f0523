"use client";

import { Maximize, Minus, Plus, Redo2, Undo2 } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";

export interface CanvasProps {
  /** Undo and redo, each given while there is something to take back. */
  hasTools: boolean;
  onUndo?: () => void;
  onRedo?: () => void;
  /** Beside undo and redo: what is to fix. */
  bar?: ReactNode;
  /** Covered by the panel: out of reach meanwhile. */
  covered?: boolean;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}

const STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5];

/** The ground that the chain stands on: scrolled, and drawn smaller or larger. */
export function Canvas({ hasTools, onUndo, onRedo, bar, covered, onKeyDown, children }: CanvasProps) {
  const ground = useRef<HTMLElement>(null);
  const chain = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const step = (by: 1 | -1) =>
    setZoom(by > 0 ? (STEPS.find((each) => each > zoom) ?? 1.5) : (STEPS.findLast((each) => each < zoom) ?? 0.5));
  const fit = () => {
    const [outer, inner] = [ground.current, chain.current];
    if (!outer || !inner) return;
    const [width, height] = [inner.scrollWidth / zoom, inner.scrollHeight / zoom];
    setZoom(Math.max(0.3, Math.min(1, outer.clientWidth / width, outer.clientHeight / height)));
    outer.scrollTo({ top: 0, left: 0 });
  };
  return (
    <div className="flow-ground" inert={covered || undefined}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which a keyboard must be able to do. */}
      <section ref={ground} className="flow-canvas" aria-label="Workflow steps" tabIndex={0} onKeyDown={onKeyDown}>
        <div ref={chain} className="flow-zoomed" style={zoom === 1 ? undefined : { zoom }}>
          {children}
        </div>
      </section>
      <div className="flow-bar">
        {hasTools && (
          <span className="flow-tools">
            <IconButton label="Undo" title="Undo (Ctrl+Z)" icon={<Undo2 aria-hidden />} onClick={onUndo} aria-disabled={!onUndo} />
            <IconButton label="Redo" title="Redo (Ctrl+Shift+Z)" icon={<Redo2 aria-hidden />} onClick={onRedo} aria-disabled={!onRedo} />
          </span>
        )}
        {bar}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields. */}
      <div className="flow-tools flow-zoom" role="group" aria-label="Zoom">
        <IconButton label="Zoom out" icon={<Minus aria-hidden />} onClick={() => step(-1)} />
        <Button variant="ghost" className="flow-zoom-now" title="Draw at full size" onClick={() => setZoom(1)}>
          {Math.round(zoom * 100)} %
        </Button>
        <IconButton label="Zoom in" icon={<Plus aria-hidden />} onClick={() => step(1)} />
        <IconButton label="Fit" icon={<Maximize aria-hidden />} onClick={fit} />
      </div>
    </div>
  );
}
