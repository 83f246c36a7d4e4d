import "@fontsource-variable/inter/index.css";
import "./design/tokens.css";
import "./design/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { chooseLanguage, setLanguage } from "./i18n/i18n";

const language = chooseLanguage(navigator.languages);
setLanguage(language);
document.documentElement.lang = language;
const place = document.getElementById("app");
if (place) createRoot(place).render(<App />);
