import type { ToastContent } from "./toaster.tsx";

const SHOWN_MS = 6000;

let mounted: () => void = () => {};
const toasterIsThere = new Promise<void>((resolve) => {
  mounted = resolve;
});

/** Called by the toaster once it listens; toasts asked for before then wait. */
export const announceToaster = () => mounted();

/** The toaster and its library load after the page, so this only imports them when a toast is due. */
async function show(content: ToastContent, duration: number) {
  const [{ showToast }] = await Promise.all([import("./toaster.tsx"), toasterIsThere]);
  showToast(content, duration);
}

type Message = Pick<ToastContent, "title" | "text" | "action">;

/** Bottom right: a result and at most one action. Stays 6 s; an error stays until it is closed. */
export const toast = {
  success: (message: Message) => void show({ tone: "success", ...message }, SHOWN_MS),
  undo: ({ onUndo, ...message }: Omit<Message, "action"> & { onUndo: () => void }) =>
    void show({ tone: "success", ...message, action: { label: "Undo", onSelect: onUndo } }, SHOWN_MS),
  error: (message: Message) => void show({ tone: "danger", ...message }, Number.POSITIVE_INFINITY),
};
