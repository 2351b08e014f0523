/** Next calls this once, before it answers. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { dropForgedAddresses } = await import("#app/_gates/drop-forged-addresses.ts");
  dropForgedAddresses();
  const { keepConnections } = await import("#app/_gates/keep-connections.ts");
  keepConnections();
}
