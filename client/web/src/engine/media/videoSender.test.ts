import { describe, expect, it } from "vitest";
import { Dependencies } from "./videoSender";

describe("Dependencies", () => {
  it("follows two temporal layers", () => {
    const chain = new Dependencies();
    expect(chain.next(true, 0)).toBe(0);
    expect(chain.next(false, 1)).toBe(1); // the keyframe
    expect(chain.next(false, 0)).toBe(2); // the keyframe too
    expect(chain.next(false, 1)).toBe(1);
    expect(chain.next(false, 1)).toBe(2);
    expect(chain.next(false, 0)).toBe(3);
    expect(chain.next(false, 0)).toBe(1);
    expect(chain.next(true, 0)).toBe(0);
    expect(chain.next(false, 0)).toBe(1);
  });
});
