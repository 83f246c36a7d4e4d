// How hard the machine works, where the browser tells: https://www.w3.org/TR/compute-pressure/

export type Pressure = "unknown" | "nominal" | "fair" | "serious" | "critical";

interface PressureRecord {
  readonly state: Exclude<Pressure, "unknown">;
}
interface Observer {
  observe(source: "cpu", options: { sampleInterval: number }): Promise<void>;
  disconnect(): void;
}
type ObserverConstructor = new (changed: (records: readonly PressureRecord[]) => void) => Observer;

const EVERY_MS = 1000;

export class CpuPressure {
  state: Pressure = "unknown";
  private observer: Observer | null = null;

  start(): void {
    const { PressureObserver } = globalThis as { PressureObserver?: ObserverConstructor };
    if (!PressureObserver) return;
    this.observer = new PressureObserver((records) => {
      this.state = records.at(-1)?.state ?? this.state;
    });
    this.observer.observe("cpu", { sampleInterval: EVERY_MS }).catch(() => {}); // a policy or a system that forbids it
  }

  stop(): void {
    this.observer?.disconnect();
  }
}
