type Answer = { status: number; headers: [name: string, value: string][]; body: BodyInit | Uint8Array | null };

/** RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5: these have no body, and `Response` throws where one is given. */
const isBodyless = (status: number): boolean => status === 204 || status === 205 || status === 304;

export const toResponse = ({ status, headers, body }: Answer): Response =>
  new Response(isBodyless(status) ? null : (body as BodyInit | null), { status, headers });
