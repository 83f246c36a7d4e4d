import { describe, expect, it } from "vitest";
import { MeetingError } from "../engine/types";
import { inviteLink, parseMeetingLink } from "./meetingLink";

const SECRET = "jx0MOlt-kmRuofANyv5CFw";

function codeOf(link: string): string {
  try {
    parseMeetingLink(new URL(link));
    return "";
  } catch (error) {
    if (!(error instanceof MeetingError)) throw error;
    expect(error.message).not.toContain("kmRuofANyv5C");
    return error.code;
  }
}

describe("a meeting's link", () => {
  it("names server, room and secret", () => {
    const link = parseMeetingLink(new URL(`https://meet.example:8443/m/abcdefgh27#${SECRET}`));
    expect(link).toMatchObject({ origin: "https://meet.example:8443", room: "abcdefgh27", hostKey: "" });
    expect(link.secret).toEqual(Uint8Array.from(Buffer.from("8f1d0c3a5b7e92646ea1f00dcafe4217", "hex")));
    expect(inviteLink(link)).toBe(`https://meet.example:8443/m/abcdefgh27#${SECRET}`);
  });

  it("of a host is passed on without the host key", () => {
    const link = parseMeetingLink(new URL(`https://meet.example/m/abcdefghij#${SECRET}&host=Ab-_9`));
    expect(link.hostKey).toBe("Ab-_9");
    expect(inviteLink(link)).toBe(`https://meet.example/m/abcdefghij#${SECRET}`);
  });

  it.each(["", "#", `#${SECRET.slice(0, 21)}`, "#&host=abc"])("that ends in '%s' is incomplete", (end) => {
    expect(codeOf(`https://meet.example/m/abcdefghij${end}`)).toBe("link-incomplete");
  });

  it.each([
    `/m/abcdefghi#${SECRET}`,
    `/m/abcdefghi1#${SECRET}`,
    `/m/ABCDEFGHIJ#${SECRET}`,
    `/m/abcdefghij/#${SECRET}`,
    `/#${SECRET}`,
    `/m/abcdefghij#${SECRET}A`,
    `/m/abcdefghij#${SECRET.slice(0, 21)}x`,
    `/m/abcdefghij#${SECRET.slice(0, 21)}+`,
    `/m/abcdefghij#${SECRET}&host=`,
    `/m/abcdefghij#${SECRET}&guest=abc`,
    `/m/abcdefghij#${SECRET}&host=a/b`,
    `/m/abcdefghij#${SECRET}&host=${"a".repeat(129)}`,
    `/m/abcdefghij#${SECRET}&host=abc&x=1`,
  ])("%s is invalid", (path) => expect(codeOf(`https://meet.example${path}`)).toBe("link-invalid"));
});
