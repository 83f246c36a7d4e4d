// The random id of this browser that master is told with each join: a ban names it.
import { toBase64url } from "../protocol/bytes";

const NAME = "vistime-device";
const DEVICE = /^[A-Za-z0-9_-]{16,64}$/; // as protocol/README.md, section 1
const RANDOM_BYTES = 16;

// For a browser that keeps nothing: the same for as long as the page lives.
let unkept: string | null = null;

// The one kept in `storage`, else a new one that is kept from now on. Storage may be disabled or full: every access to it
// can throw, even to find it.
export function deviceId(storage: () => Pick<Storage, "getItem" | "setItem"> = () => localStorage): string {
  try {
    const kept = storage().getItem(NAME);
    if (kept !== null && DEVICE.test(kept)) return kept;
    const fresh = unkept ?? newDeviceId();
    unkept = fresh;
    storage().setItem(NAME, fresh);
    return fresh;
  } catch {
    unkept ??= newDeviceId();
    return unkept;
  }
}

function newDeviceId(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}
