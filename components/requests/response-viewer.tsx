"use client";

import { ListFilter } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Status } from "#components/ui/status.tsx";
import { TabList, tabPanelProps } from "#components/ui/tab-list.tsx";
import type { SeenResponse } from "#lib/activity/schema.ts";
import { JsonText } from "./json-text.tsx";

const VIEWS = [
  { value: "pretty", label: "Pretty" },
  { value: "raw", label: "Raw" },
  { value: "headers", label: "Headers" },
] as const;

/** A response: status, time and size, and its body three ways. */
export function ResponseViewer({ response, durationMs, label }: { response: SeenResponse; durationMs?: number; label: string }) {
  const id = useId();
  const [view, setView] = useState<"pretty" | "raw" | "headers">("pretty");
  const [path, setPath] = useState<string | null>(null);
  const { status, statusText, body = "", size, headers, truncated } = response;
  const isGood = status >= 200 && status < 300;
  const json = parseJson(body);
  const found = useJsonPath(json, path ?? "");
  const pretty = path ? found.text : json === undefined ? body : JSON.stringify(json, null, 2);
  const shown = view === "raw" ? body : view === "pretty" ? pretty : headers.map(([name, value]) => `${name}: ${value}`).join("\n");

  return (
    <>
      <div className="req-lane-line">
        <Status tone={isGood ? "success" : status >= 500 ? "danger" : "warning"}>
          <b>
            {status} {statusText}
          </b>
        </Status>
        <span className="ui-lane-meta">
          {durationMs !== undefined && `${Math.round(durationMs)} ms · `}
          {formatBytes(size)}
        </span>
        <TabList id={id} label={`View of the ${label}`} items={VIEWS} value={view} onChange={setView} look="views" />
      </div>
      {view === "pretty" && path !== null && (
        <div className="req-filter">
          <Input
            mono
            autoFocus
            aria-label="JSON path"
            placeholder="$.data[0].id"
            value={path}
            onChange={(event) => setPath(event.target.value)}
            aria-invalid={found.isWrong || undefined}
          />
        </div>
      )}
      <div {...tabPanelProps(id, view)}>
        <div className="req-body">
          <HttpMessage
            label={label}
            headers={view === "headers" ? headers : []}
            body={
              view === "headers" ? undefined : view === "pretty" && json !== undefined ? <JsonText text={pretty} /> : shown || "Empty body"
            }
            tools={
              <>
                {json !== undefined && view === "pretty" && (
                  <IconButton
                    size="small"
                    label="Filter by JSON path"
                    aria-pressed={path !== null}
                    icon={<ListFilter aria-hidden className="icon-s" />}
                    onClick={() => setPath(path === null ? "" : null)}
                  />
                )}
                <CopyButton text={shown} label={`Copy ${label}`} />
              </>
            }
          />
        </div>
        {truncated && <p className="ui-hint mt-1">Cut here: the whole body had {formatBytes(size)}.</p>}
      </div>
    </>
  );
}

const loadJsonPath = () => import("json-p3");

/** The engine comes when the first path is typed. */
function useJsonPath(json: unknown, path: string): { text: string; isWrong: boolean } {
  const [found, setFound] = useState({ text: "", isWrong: false });
  useEffect(() => {
    if (!path) return;
    let isCurrent = true;
    void loadJsonPath().then(({ query }) => {
      const text = isCurrent && findText(() => query(path, json as Parameters<typeof query>[1]).values());
      if (text === null) setFound((before) => ({ text: before.text || "Not a JSON path yet, such as $.data.id", isWrong: true }));
      else if (text !== false) setFound({ text, isWrong: false });
    });
    return () => {
      isCurrent = false;
    };
  }, [json, path]);
  return found;
}

/** Null where the path isn't one. */
function findText(find: () => unknown[]): string | null {
  try {
    return (
      find()
        .map((value) => JSON.stringify(value, null, 2))
        .join("\n") || "Nothing is there"
    );
  } catch {
    return null;
  }
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{"\d-]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1_024).toFixed(1)} kB`;
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
