"use client";

import { lazyDialog } from "./lazy-dialog.tsx";

/** `ConfirmDialog` for what a page itself asks: most visits never see it. */
export const LateConfirmDialog = lazyDialog(async () => (await import("./confirm-dialog.tsx")).ConfirmDialog);
