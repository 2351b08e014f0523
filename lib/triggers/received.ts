/** One request as it came to a webhook URL. Bytes of the body are kept as they came: signatures are over them. */
export type ReceivedRequest = {
  method: string;
  /** The public address that it was sent to, query included. Behind proxies ours to know: of several, any may have been signed. */
  urls: string[];
  /** In order; names in lower case. */
  headers: [name: string, value: string][];
  query: [name: string, value: string][];
  body: Uint8Array;
  /** The sender's network address, where it is known. */
  address: string | null;
};

export const headerOf = ({ headers }: Pick<ReceivedRequest, "headers">, name: string): string | undefined => {
  const lower = name.toLowerCase();
  return headers.find(([key]) => key === lower)?.[1];
};

export const queryOf = ({ query }: Pick<ReceivedRequest, "query">, name: string): string | undefined =>
  query.find(([key]) => key === name)?.[1];
