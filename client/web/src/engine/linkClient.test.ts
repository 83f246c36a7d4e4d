import { describe, expect, it } from "vitest";
import { LinkClient, type LinkClientEvents } from "./linkClient";
import type { FromLink, ToLink } from "./workerMessages";

class FakeWorker {
  onmessage: ((event: MessageEvent<FromLink>) => void) | null = null;
  readonly told: ToLink[] = [];
  postMessage(message: ToLink): void {
    this.told.push(message);
  }
  say(data: FromLink): void {
    this.onmessage?.({ data } as MessageEvent<FromLink>);
  }
}

const quiet: LinkClientEvents = {
  opened: () => {},
  resumed: () => {},
  reconnecting: () => {},
  tokenWanted: () => {},
  message: () => {},
  ended: () => {},
};

function client() {
  const worker = new FakeWorker();
  return { worker, client: new LinkClient(worker as unknown as Worker, quiet) };
}

describe("LinkClient", () => {
  it("gives each request its own answer", async () => {
    const { worker, client: link } = client();
    const first = link.ask({ case: "setHand", value: { raised: true } });
    const second = link.ask({ case: "setLocked", value: { locked: true } });
    worker.say({ kind: "answered", request: 2, code: "not-allowed", message: "You may not." });
    worker.say({ kind: "answered", request: 1, code: "", message: "" });
    await expect(first).resolves.toBeUndefined();
    await expect(second).rejects.toMatchObject({ code: "not-allowed" });
  });

  it("leaves nobody waiting when the room begins anew or is over", async () => {
    const { worker, client: link } = client();
    const before = link.ask({ case: "closeRoom", value: {} });
    worker.say({ kind: "opened", restored: true });
    await expect(before).rejects.toMatchObject({ code: "interrupted" });
    const during = link.ask({ case: "closeRoom", value: {} });
    worker.say({ kind: "ended", ending: { code: "removed", message: "…" }, release: "" });
    await expect(during).rejects.toMatchObject({ code: "removed" });
    await expect(link.ask({ case: "closeRoom", value: {} })).rejects.toMatchObject({ code: "ended" });
  });
});
