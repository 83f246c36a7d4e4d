// What this browser remembers between meetings; nothing where storage is disabled.
const PREFIX = "vistime-";

export function remembered(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
