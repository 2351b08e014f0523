/** The part of autocannon 9 that the benchmarks use; it comes without types. */
declare module "autocannon" {
  type CannonRequest = { method?: string; path?: string; headers?: Record<string, string>; body?: string };
  type Options = {
    url: string;
    connections: number;
    amount: number;
    timeout?: number;
    overallRate?: number;
    requests: (CannonRequest & { setupRequest: (request: CannonRequest) => CannonRequest })[];
  };
  type Result = { non2xx: number; errors: number; timeouts: number; duration: number };
  type Instance = Promise<Result> & {
    on(event: "response", listener: (client: unknown, status: number, bytes: number, ms: number) => void): Instance;
  };
  export default function autocannon(options: Options): Instance;
}
