// The page where a resident reports.
import "./categories.js";
import { start as startEquipment } from "./equipment.js";
import { start as startKeptQuestions } from "./kept-questions.js";
import "../../frontend/js/photos.js";

const form = document.querySelector("form.report");
form.classList.add("report--scripted");
let joined = 0;

// Enter in the e-mail of a “me too” says “me too”; it does not send the report around it.
form.addEventListener("keydown", (event) => {
  const box = event.key === "Enter" && event.target.matches("input") && event.target.closest(".me-too");
  if (!box) return;
  event.preventDefault();
  box.querySelector("button[formaction]")?.click();
});

// Whoever signs in first finds again what they typed: frontend/pwa has kept it under the number of this form.
form.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-sign-in]");
  if (!link || !form.dataset.offline) return;
  const address = new URL(link.href);
  const back = new URL(address.searchParams.get("next"), location.href);
  back.searchParams.set("brouillon", form.elements.submission.value);
  address.searchParams.set("next", back.pathname + back.search);
  link.href = address;
});

// “Me too” stands in for the report: the device does not keep that one any longer.
document.addEventListener("htmx:afterSettle", () => {
  const said = form.querySelectorAll(".near .me-too :is(.me-too__said, .notice--success)").length;
  if (said > joined) form.dispatchEvent(new CustomEvent("parvis:instead"));
  joined = said;
});

startKeptQuestions(form);
startEquipment().catch((error) => console.warn(error));
