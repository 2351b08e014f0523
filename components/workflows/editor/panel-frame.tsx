"use client";

import { X } from "lucide-react";
import { type ReactNode, type Ref, useId } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { TabList, type TabListItem, tabPanelProps } from "#components/ui/tab-list.tsx";
import { type Hue, Tile } from "#components/ui/tile.tsx";

export interface PanelFrameProps<Tab extends string> {
  ref?: Ref<HTMLElement>;
  icon: ReactNode;
  hue?: Hue;
  /** "TaskLab Request". */
  kind: string;
  title: string;
  /** Buttons between the title and the cross. */
  actions?: ReactNode;
  tabs?: readonly TabListItem<Tab>[];
  tab?: Tab;
  onTab?: (tab: Tab) => void;
  onClose: () => void;
  children: ReactNode;
}

/** The panel at the right of the canvas; a sheet over it on a narrow screen. Escape closes it. */
export function PanelFrame<Tab extends string>(props: PanelFrameProps<Tab>) {
  const { ref, icon, hue, kind, title, actions, tabs, tab, onTab, onClose, children } = props;
  const id = useId();
  return (
    <section
      ref={ref}
      className="flow-panel"
      aria-labelledby={`${id}-title`}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || document.querySelector(":popover-open")) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header className="flow-panel-head">
        <Tile hue={hue}>{icon}</Tile>
        <div className="min-w-0">
          <p className="flow-kind cut">{kind}</p>
          <h2 id={`${id}-title`} className="cut">
            {title}
          </h2>
        </div>
        <span className="ml-auto flex flex-none items-center gap-1">
          {actions}
          <IconButton size="small" label="Close panel" icon={<X aria-hidden className="icon-s" />} onClick={onClose} />
        </span>
      </header>
      {tabs && tab && onTab ? (
        <>
          <div className="flow-panel-tabs">
            <TabList id={id} label={kind} items={tabs} value={tab} onChange={onTab} look="views" />
          </div>
          <div {...tabPanelProps(id, tab)} className="flow-panel-body">
            {children}
          </div>
        </>
      ) : (
        <div className="flow-panel-body">{children}</div>
      )}
    </section>
  );
}
