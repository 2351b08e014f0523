/** Names of sealed fields, a part of the place that each ciphertext is bound to. Those of `sealed_value` stand in its rows. */
export const SEALED_FIELD = {
  credential: "secrets",
  webhookToken: "webhookToken",
  triggerSecret: "triggerSecret",
  subscriptionAnswer: "subscriptionAnswer",
  deliveryRequest: "deliveryRequest",
} as const;

/** Where sealed values are: what a change of keys walks. A test compares it with the database's own list of columns. */
export type SealedColumn = {
  table: string;
  ciphertext: string;
  keyId: string;
  /** Part of the place, beside the project: a column. */
  rowId: string;
  field: { is: string } | { column: string };
  /** The primary key, and its types: rows are walked in its order. */
  key: readonly (readonly [column: string, type: "uuid" | "timestamptz"])[];
};

const BY_ID = [
  ["project_id", "uuid"],
  ["id", "uuid"],
] as const;

const usual = { ciphertext: "ciphertext", keyId: "key_id", rowId: "id", key: BY_ID };
const subscription = { ...usual, table: "trigger_subscription" };

export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { ...usual, table: "credential", field: { is: SEALED_FIELD.credential } },
  { ...usual, table: "sealed_value", field: { column: "field" } },
  { ...usual, table: "trigger", field: { is: SEALED_FIELD.webhookToken } },
  {
    ...usual,
    table: "trigger_secret",
    field: { is: SEALED_FIELD.triggerSecret },
    key: [["project_id", "uuid"], ["trigger_id", "uuid"], BY_ID[1]],
  },
  { ...subscription, field: { is: SEALED_FIELD.webhookToken } },
  { ...subscription, ciphertext: "answer_ciphertext", keyId: "answer_key_id", field: { is: SEALED_FIELD.subscriptionAnswer } },
  // After `credential`: a dropped one's ciphertext is copied here as it was.
  {
    ...subscription,
    ciphertext: "farewell_ciphertext",
    keyId: "farewell_key_id",
    rowId: "farewell_credential_id",
    field: { is: SEALED_FIELD.credential },
  },
  {
    ...usual,
    table: "delivery",
    field: { is: SEALED_FIELD.deliveryRequest },
    key: [["project_id", "uuid"], ["at", "timestamptz"], BY_ID[1]],
  },
];
