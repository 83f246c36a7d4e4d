// Microphones, cameras and screens of this machine, as the browser hands them out.
import type { DeviceProblem } from "../types";

export interface Opened {
  readonly stream: MediaStream | null;
  readonly problem: DeviceProblem | null;
}

const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

// An empty id: whichever the browser prefers.
export function openMicrophone(deviceId: string): Promise<Opened> {
  return open({ audio: { ...MICROPHONE, ...chosen(deviceId) } });
}

export function openCamera(deviceId: string): Promise<Opened> {
  return open({ video: { ...CAMERA, ...chosen(deviceId) } });
}

// Asks the browser, which asks the person; "none" when they thought better of it.
export async function openScreen(withAudio: boolean): Promise<Opened> {
  if (!navigator.mediaDevices?.getDisplayMedia) return { stream: null, problem: "unsupported" };
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: withAudio ? { echoCancellation: false, noiseSuppression: false, autoGainControl: false } : false,
    });
    for (const track of stream.getVideoTracks()) track.contentHint = "text";
    return { stream, problem: null };
  } catch (error) {
    return { stream: null, problem: isNamed(error, "NotAllowedError") ? "none" : problemOf(error) };
  }
}

export function close(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

async function open(constraints: MediaStreamConstraints): Promise<Opened> {
  if (!navigator.mediaDevices) return { stream: null, problem: "unsupported" };
  try {
    return { stream: await navigator.mediaDevices.getUserMedia(constraints), problem: null };
  } catch (error) {
    // The device chosen last time may be at home now: any other will do.
    const narrow = constraints.audio ?? constraints.video;
    if (isNamed(error, "OverconstrainedError") && typeof narrow === "object" && narrow.deviceId) {
      const { deviceId: _, ...rest } = narrow;
      return open(constraints.audio ? { audio: rest } : { video: rest });
    }
    return { stream: null, problem: problemOf(error) };
  }
}

export function problemOf(error: unknown): DeviceProblem {
  if (isNamed(error, "NotAllowedError") || isNamed(error, "SecurityError")) return "refused";
  if (isNamed(error, "NotFoundError") || isNamed(error, "OverconstrainedError")) return "none";
  if (isNamed(error, "NotReadableError") || isNamed(error, "AbortError")) return "in-use";
  return "failed";
}

function chosen(deviceId: string): { deviceId?: ConstrainDOMString } {
  return deviceId === "" ? {} : { deviceId: { exact: deviceId } };
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

// Why a device that ran gives nothing any more.
export async function problemOfLoss(device: "microphone" | "camera"): Promise<DeviceProblem> {
  try {
    const { state } = await navigator.permissions.query({ name: device as PermissionName });
    return state === "denied" ? "refused" : "gone";
  } catch {
    return "gone"; // a browser that does not tell
  }
}
