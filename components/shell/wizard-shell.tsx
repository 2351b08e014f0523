"use client";

import { ArrowLeft, ArrowRight, Check, CircleAlert, Eye, X } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import type { Crumb } from "#components/ui/page-head.tsx";
import { type Step, Stepper } from "#components/ui/stepper.tsx";
import type { Theme } from "./theme.ts";
import { WorkTop } from "./work-top.tsx";

const PreviewDialog = lazy(() => import("#components/ui/dialog.tsx").then((module) => ({ default: module.Dialog })));

export interface WizardShellProps {
  /** Where the thing lies, such as the list it belongs to. */
  parent: Crumb & { href: string };
  name: string;
  badge?: ReactNode;
  /** A `SavedIndicator`. */
  saved: ReactNode;
  theme: Theme;
  closeHref: string;
  stepsLabel: string;
  steps: readonly Step[];
  /** Index of the step at hand. */
  current: number;
  /** At the right of the form; under a button below 1100 px. Without it the form takes its place. */
  preview?: { label: string; content: ReactNode };
  banner?: ReactNode;
  /** What must be seen wherever the page is scrolled to. It lies over the page: nothing moves away under a pointer when it comes. */
  notice?: ReactNode;
  bar: WizardBarProps;
  children: ReactNode;
}

/** A form of several steps: what is done at the left, what it does at the right, where to go below. */
export function WizardShell(props: WizardShellProps) {
  const { stepsLabel, steps, current, preview, banner, notice, bar, children } = props;
  return (
    <>
      {banner}
      <WizardTop {...props} />
      <div className="shell-wizard" data-wide={preview ? undefined : ""}>
        <div className="shell-wizard-steps">
          <Stepper label={stepsLabel} steps={steps} current={current} />
        </div>
        <main id="main" className="shell-wizard-main" tabIndex={-1}>
          <div className="shell-wizard-form">
            <div>{children}</div>
          </div>
          <WizardBar {...bar} preview={preview} notice={notice} />
        </main>
        {preview && (
          <aside className="shell-wizard-preview" aria-label={preview.label}>
            <div>{preview.content}</div>
          </aside>
        )}
      </div>
    </>
  );
}

function WizardTop({ parent, name, badge, saved, theme, closeHref }: WizardShellProps) {
  return (
    <WorkTop home={parent} parents={[parent]} name={name} badge={badge} saved={saved} theme={theme}>
      <ButtonLink href={closeHref} className="max-sm:hidden">
        Close
      </ButtonLink>
      <ButtonLink href={closeHref} variant="ghost" iconOnly className="sm:hidden" aria-label="Close">
        <X aria-hidden />
      </ButtonLink>
    </WorkTop>
  );
}

/** Goes to an address, or acts. */
export type WizardMove = { href: string; onSelect?: never } | { href?: never; onSelect: () => void };

export interface WizardBarProps {
  back?: WizardMove;
  next: WizardMove & { busy?: boolean; busyLabel?: string };
  /** The last step's button says Finish. */
  last?: boolean;
  /** What comes next, without "Then:": "where requests go". */
  then?: string;
  /** What is missing, in place of `then`; a link leads to the field. */
  problem?: { text: string; href: string };
}

function WizardBar({ back, next, last, then, problem, preview, notice }: WizardBarProps & Pick<WizardShellProps, "preview" | "notice">) {
  const [shown, setShown] = useState<boolean | null>(null);
  return (
    <div className="shell-wizard-bar">
      <div>
        {notice && <div className="shell-wizard-notice">{notice}</div>}
        {back && (
          <MoveButton move={back} variant="ghost" className="-ml-3">
            <ArrowLeft aria-hidden />
            Back
          </MoveButton>
        )}
        {preview && (
          <Button className="lg:hidden" onClick={() => setShown(true)}>
            <Eye aria-hidden />
            <span className="max-sm:sr-only">Preview</span>
          </Button>
        )}
        <span className="ml-auto" />
        {problem ? (
          <span className="ui-status min-w-0" data-tone="danger">
            <CircleAlert aria-hidden />
            <a className="cut" href={problem.href}>
              {problem.text}
            </a>
          </span>
        ) : (
          then && <span className="text-3 max-sm:hidden">Then: {then}</span>
        )}
        <MoveButton move={next} variant="primary" busy={next.busy} busyLabel={next.busyLabel}>
          {last ? (
            <>
              <Check aria-hidden />
              Finish
            </>
          ) : (
            <>
              Next
              <ArrowRight aria-hidden />
            </>
          )}
        </MoveButton>
      </div>
      {preview && shown !== null && (
        <Suspense>
          <PreviewDialog open={shown} onOpenChange={setShown} title={preview.label} size="medium">
            <div className="mt-3">{preview.content}</div>
          </PreviewDialog>
        </Suspense>
      )}
    </div>
  );
}

interface MoveButtonProps {
  move: WizardMove;
  variant: "ghost" | "primary";
  busy?: boolean;
  busyLabel?: string;
  className?: string;
  children: ReactNode;
}

function MoveButton({ move, variant, busy, busyLabel, className, children }: MoveButtonProps) {
  if (move.href !== undefined) {
    return (
      <ButtonLink href={move.href} variant={variant} className={className}>
        {children}
      </ButtonLink>
    );
  }
  return (
    <Button variant={variant} className={className} busy={busy} busyLabel={busyLabel} onClick={move.onSelect}>
      {children}
    </Button>
  );
}

/** The step's title and what it asks for. */
export function WizardHead({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="shell-wizard-head">
      <h1>{title}</h1>
      <p>{children}</p>
    </div>
  );
}

export interface WizardSectionProps {
  title: string;
  /** After the title, in text-3: "Optional". */
  mark?: string;
  text?: ReactNode;
  /** At the right of the head: a switch or a small button. */
  action?: ReactNode;
  children?: ReactNode;
}

/** A group of fields below a hairline. */
export function WizardSection({ title, mark, text, action, children }: WizardSectionProps) {
  return (
    <fieldset className="section-rule">
      <legend className="sr-only">{title}</legend>
      <div className="shell-section-head">
        <div>
          <h2>
            {title} {mark && <span className="font-normal text-3">{mark}</span>}
          </h2>
          {text && <p>{text}</p>}
        </div>
        {action}
      </div>
      {children}
    </fieldset>
  );
}
