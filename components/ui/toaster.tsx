"use client";

import { CircleCheck, CircleX, X } from "lucide-react";
import { useEffect } from "react";
import { Toaster as SonnerToaster, toast as sonner } from "sonner";
import { Button } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";
import { announceToaster } from "./toast.tsx";

export interface ToastContent {
  tone: "success" | "danger";
  title: string;
  text?: string;
  action?: { label: string; onSelect: () => void };
}

export function Toaster() {
  useEffect(announceToaster, []);
  return <SonnerToaster position="bottom-right" offset={16} mobileOffset={16} gap={12} visibleToasts={4} expand />;
}

export function showToast(content: ToastContent, duration: number) {
  sonner.custom((id) => <Toast content={content} onClose={() => sonner.dismiss(id)} />, { duration, unstyled: true });
}

function Toast({ content: { tone, title, text, action }, onClose }: { content: ToastContent; onClose: () => void }) {
  const Icon = tone === "success" ? CircleCheck : CircleX;
  const act = () => {
    action?.onSelect();
    onClose();
  };
  return (
    <div className="ui-toast" data-tone={tone} role={tone === "danger" ? "alert" : "status"}>
      <Icon aria-hidden />
      <div className="min-w-0">
        <b>{title}</b>
        {text && <p>{text}</p>}
      </div>
      <div className="ui-toast-actions">
        {action && (
          <Button variant="link" onClick={act}>
            {action.label}
          </Button>
        )}
        {tone === "danger" && <IconButton label="Close" size="small" icon={<X aria-hidden />} onClick={onClose} />}
      </div>
    </div>
  );
}
