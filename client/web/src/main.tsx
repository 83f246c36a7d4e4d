import "@fontsource-variable/inter/index.css";
import "./design/tokens.css";
import "./design/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { applyPreferences } from "./features/preferences";

applyPreferences();
const place = document.getElementById("app");
if (place) createRoot(place).render(<App />);
