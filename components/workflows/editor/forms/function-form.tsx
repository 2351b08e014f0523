"use client";

import { StepArea } from "../step-fields.tsx";

export function FunctionForm() {
  return (
    <StepArea
      path="code"
      label="JavaScript"
      mono
      rows={14}
      className="flow-code"
      hint={
        <>
          Reads <code>trigger</code>, <code>steps</code>, <code>item</code> and <code>user</code>; what it returns is its result. No
          network, no modules.
        </>
      }
    />
  );
}
