import type { ReactNode } from "react";
import { JackPanel } from "./jack-panel.tsx";
import { Mark } from "./mark.tsx";

/** The page before the dashboard: a form on one side, the panel of jacks on the other. */
export function Gate({ title, lead, foot, children }: { title: string; lead: ReactNode; foot?: ReactNode; children: ReactNode }) {
  return (
    <main id="main" className="grid min-h-dvh grid-cols-2 max-lg:grid-cols-1">
      <div className="grid grid-rows-[auto_1fr_auto] gap-8 bg-surface p-8 max-sm:p-5">
        <div className="flex items-center gap-2 text-[15px] leading-5 font-semibold tracking-[-0.022em]">
          <Mark />
          Patchbay
        </div>
        <div className="w-90 max-w-full place-self-center">
          <h1 className="text-24 font-semibold tracking-[-0.022em]">{title}</h1>
          <p className="mt-1 mb-6 text-14 text-2">{lead}</p>
          {children}
        </div>
        <div className="min-h-5 text-12 text-3">{foot}</div>
      </div>
      <div className="grid place-items-center border-l border-line bg-page max-lg:hidden" aria-hidden="true">
        <JackPanel />
      </div>
    </main>
  );
}
