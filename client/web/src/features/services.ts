// What the page asks of server, browser and engine before there is a meeting.
import { fetchRoom, joinRoom } from "../api/master";
import { inviteLink, parseMeetingLink } from "../api/meetingLink";
import { deriveRoomKeys } from "../engine/crypto/keys";
import { LiveMeeting } from "../engine/meeting";
import { cleanName } from "../engine/state/fromWire";
import { type Meeting, MeetingError } from "../engine/types";

export interface Invitation {
  readonly name: string; // of the meeting
  readonly passwordRequired: boolean;
  readonly link: string; // to pass on: without the host key
  join(name: string, password: string): Promise<Meeting>;
}

// What this page cannot do without, and the browser does not have.
export function missingFeatures(): string[] {
  const needed: Record<string, boolean> = {
    WebCodecs: "VideoDecoder" in window && "AudioDecoder" in window,
    AudioWorklet: "AudioWorkletNode" in window,
    OffscreenCanvas: "OffscreenCanvas" in window && "transferControlToOffscreen" in HTMLCanvasElement.prototype,
    WebCrypto: "crypto" in window && "subtle" in crypto,
  };
  return Object.keys(needed).filter((name) => !needed[name]);
}

// Rejects with MeetingError: whatever keeps somebody from joining that can be known before.
export async function openInvitation(): Promise<Invitation> {
  const link = parseMeetingLink(location);
  if (!window.isSecureContext) throw new MeetingError("insecure-address", "This address is not secure.");
  const missing = missingFeatures();
  if (missing.length > 0) throw new MeetingError("browser-too-old", missing.join(", "));
  const [room, keys] = await Promise.all([fetchRoom(link), deriveRoomKeys(link.secret)]);
  if (room.keyCheck !== keys.keyCheck) {
    throw new MeetingError("wrong-key", "This link's key does not match the meeting.");
  }
  return {
    name: room.name,
    passwordRequired: room.passwordRequired && link.hostKey === "",
    link: inviteLink(link),
    join: (name, password) =>
      LiveMeeting.open({
        room: link.room,
        keys,
        release: __VISTIME_RELEASE__,
        // What hides or turns other characters is no part of a name: the server refuses it.
        admission: () => joinRoom(link, { name: cleanName(name), password }),
      }),
  };
}
