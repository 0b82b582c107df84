// Light, dark, or as the system has it; kept in the browser.
import { byId } from "./dom.js";

const slot = "lectern.theme";
const kept = () => {
  try {
    return localStorage.getItem(slot) ?? "";
  } catch {
    return "";
  }
};
function use(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  byId("theme").value = theme;
}
byId("theme").addEventListener("change", (event) => {
  try {
    if (event.target.value) localStorage.setItem(slot, event.target.value);
    else localStorage.removeItem(slot);
  } catch {
    // Forbidden: it lasts as long as the page.
  }
  use(event.target.value);
});
use(kept());
