// Before the page is painted: what needs a script may show, and the theme that was chosen last time holds.
"use strict";
document.documentElement.classList.add("js");
try {
  const chosen = localStorage.getItem("nplusone-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // No storage is given to this page: it follows the system.
}
