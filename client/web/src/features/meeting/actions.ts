// What controls and keys do alike.
import type { Meeting, MeetingState, Person } from "../../engine/types";

export function toggleMicrophone(meeting: Meeting): void {
  const { state, deviceId } = meeting.state.microphone;
  if (state === "off") void meeting.useMicrophone(deviceId);
  else meeting.setMicrophoneMuted(state === "on");
}

export function toggleCamera(meeting: Meeting): void {
  const { state, deviceId } = meeting.state.camera;
  void meeting.useCamera(state === "off" ? deviceId : null);
}

export function toggleSharing(meeting: Meeting): void {
  if (meeting.state.screen.state === "off") void meeting.shareScreen(true);
  else meeting.stopSharing();
}

export function toggleFullScreen(): void {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => {}); // a browser that has none, or forbids it
}

export function yourself(state: MeetingState): Person | undefined {
  return state.people.find(({ you }) => you);
}

export function leads(person: Person | undefined): boolean {
  return person?.role === "host" || person?.role === "moderator";
}
