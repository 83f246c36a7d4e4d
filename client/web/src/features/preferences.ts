// How somebody wants the page to be, kept in this browser.
import { chooseLanguage, isLanguage, type Language, setLanguage } from "../i18n/i18n";
import { remember, remembered } from "./join/memory";

export type Theme = "system" | "light" | "dark";

export function theme(): Theme {
  const kept = remembered("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function chooseTheme(wanted: Theme): void {
  remember("theme", wanted);
  applyTheme();
}

// "system": whatever the browser says.
export function language(): Language | "system" {
  const kept = remembered("language");
  return isLanguage(kept) ? kept : "system";
}

export function chooseAppLanguage(wanted: Language | "system"): void {
  remember("language", wanted);
  applyLanguage();
}

export function applyPreferences(): void {
  applyTheme();
  applyLanguage();
}

function applyTheme(): void {
  const wanted = theme();
  if (wanted === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wanted;
}

function applyLanguage(): void {
  const wanted = language();
  const chosen = wanted === "system" ? chooseLanguage(navigator.languages) : wanted;
  document.documentElement.lang = chosen;
  setLanguage(chosen);
}
