// The page where a resident reports.
import "./categories.js";
import { start as startEquipment } from "./equipment.js";
import "./photos.js";

const form = document.querySelector("form.report");
form.classList.add("report--scripted");

// Enter in the e-mail of a “me too” says “me too”; it does not send the report around it.
form.addEventListener("keydown", (event) => {
  const box = event.key === "Enter" && event.target.matches("input") && event.target.closest(".me-too");
  if (!box) return;
  event.preventDefault();
  box.querySelector("button[formaction]")?.click();
});

startEquipment().catch((error) => console.warn(error));
