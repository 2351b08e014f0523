import type { ReactNode } from "react";
import { CableArt } from "./cable-art.tsx";
import { Logo } from "./logo.tsx";

export interface GateLayoutProps {
  title: string;
  /** One line under the title: where one signs in, or what this link is for. */
  lead: ReactNode;
  /** At the bottom: a fact about this server, or what is ready. */
  foot?: ReactNode;
  children: ReactNode;
}

/** Sign-in, first-run setup, invitations: the form at the left, the patch bay at the right. */
export function GateLayout({ title, lead, foot, children }: GateLayoutProps) {
  return (
    <main id="main" className="shell-gate" tabIndex={-1}>
      <div className="shell-gate-form">
        <div>
          <Logo />
        </div>
        <div className="shell-gate-inner">
          <h1>{title}</h1>
          <p className="shell-gate-lead">{lead}</p>
          {children}
        </div>
        <div className="shell-gate-foot">{foot}</div>
      </div>
      <div className="shell-gate-art">
        <CableArt />
      </div>
    </main>
  );
}
