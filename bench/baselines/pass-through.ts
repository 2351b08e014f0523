/**
 * The least that can stand between a client and an API: no token, no database, no guard, no limits. `/{port}/...` is passed on to that
 * port of 127.0.0.1. What several calls do to each other here is the machine's share of what they do to each other in the product.
 */
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

const agent = new Agent({ keepAlive: true });

const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
  const [, port, ...rest] = incoming.url!.split("/");
  const onward = request({ host: "127.0.0.1", port, agent, method: incoming.method, path: `/${rest.join("/")}` }, (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.rawHeaders);
    answer.pipe(outgoing);
    answer.once("error", () => outgoing.destroy());
  });
  onward.once("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
  outgoing.once("close", () => onward.destroy());
  incoming.pipe(onward);
});
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
