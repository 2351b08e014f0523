"use client";

import { X } from "lucide-react";
import * as Radix from "radix-ui/dialog";
import type { FormEventHandler, ReactNode } from "react";
import { IconButton } from "./icon-button.tsx";
import { useFocusReturn } from "./use-focus-return.ts";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** Below the title, in text-2; also the dialog's description. */
  text?: ReactNode;
  /** Buttons at the foot; the last one acts. */
  foot?: ReactNode;
  size?: "small" | "medium" | "large";
  /** Shows the cross at the right of the title. */
  closable?: boolean;
  /** Wraps body and foot in a form, so that Enter acts. */
  onSubmit?: FormEventHandler<HTMLFormElement>;
  children?: ReactNode;
}

/** Traps focus, closes on Escape, gives focus back to what opened it. */
export function Dialog({ open, onOpenChange, title, text, foot, size = "small", closable = true, onSubmit, children }: DialogProps) {
  const focusReturn = useFocusReturn();
  const inside = (
    <>
      <div className="ui-dialog-body">
        <div className="ui-dialog-head">
          <Radix.Title className="ui-dialog-title">{title}</Radix.Title>
          {closable && <IconButton label="Close" icon={<X aria-hidden />} size="small" onClick={() => onOpenChange(false)} />}
        </div>
        {text && (
          <Radix.Description className="ui-dialog-text" asChild={typeof text !== "string"}>
            {typeof text === "string" ? text : <div>{text}</div>}
          </Radix.Description>
        )}
        {children}
      </div>
      {foot && <footer className="ui-dialog-foot">{foot}</footer>}
    </>
  );
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="ui-scrim">
          <Radix.Content
            className="ui-dialog"
            data-size={size}
            {...focusReturn}
            onOpenAutoFocus={(event) => {
              focusReturn.onOpenAutoFocus();
              focusFirstField(event);
            }}
            {...(text ? {} : { "aria-describedby": undefined })}
          >
            {onSubmit ? (
              <form onSubmit={onSubmit} noValidate>
                {inside}
              </form>
            ) : (
              inside
            )}
          </Radix.Content>
        </Radix.Overlay>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Typing can begin at once. Not by `autoFocus`: it acts before the dialog has seen where focus has to go back to. */
function focusFirstField(event: Event) {
  const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>("input:not([type=hidden]), textarea, select");
  if (!field) return;
  event.preventDefault();
  field.focus();
}
