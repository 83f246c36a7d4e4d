// The devices of one kind, as they come and go. Their names are known only once one of them was allowed.
import { useEffect, useState } from "react";

export function useDevices(kind: MediaDeviceKind, ...runs: readonly boolean[]): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  const known = runs.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what runs changes what can be read
  useEffect(() => {
    const media = navigator.mediaDevices;
    if (!media) return;
    const look = () =>
      void media.enumerateDevices().then(
        (all) => setDevices(all.filter((device) => device.kind === kind && device.deviceId !== "")),
        () => {},
      );
    look();
    media.addEventListener("devicechange", look);
    return () => media.removeEventListener("devicechange", look);
  }, [kind, known]);
  return devices;
}
