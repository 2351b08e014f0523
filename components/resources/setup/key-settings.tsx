"use client";

import { ApiKeys } from "./api-keys.tsx";
import { RequiredInputs } from "./required-inputs.tsx";

/** All that API Key asks for at user level. */
export const KeySettings = () => (
  <>
    <ApiKeys />
    <div className="section-rule">
      <RequiredInputs text="Asked of each user beside their keys." />
    </div>
  </>
);
