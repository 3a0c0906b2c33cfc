// What htmx does not do: listen to the bell, keep logs at their end, send with Enter, follow the present step,
// answer a card, and say in a line what happened. Everything that is shown comes from the server as HTML.
"use strict";

const parts = { a: "#phone-a", b: "#phone-b", staff: "#phone-staff", flow: "#flow", wire: "#wire", desk: "#desk", state: "#state" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const toast = document.getElementById("toast");
let fading = 0;

function tell(text, bad) {
  toast.textContent = text;
  toast.className = bad ? "shown bad" : "shown";
  clearTimeout(fading);
  fading = setTimeout(() => { toast.className = ""; }, 4500);
}

function ring(name) {
  const part = document.querySelector(parts[name]);
  if (part) htmx.trigger(part, "changed");
}

function listen() {
  const events = new EventSource("/events");
  let lost = false;
  events.onerror = () => { if (!lost) tell(document.body.dataset.offline, true); lost = true; };
  // A stream that begins again may have missed something, and so may the time since the page was drawn.
  events.onopen = () => { lost = false; Object.keys(parts).forEach(ring); document.body.dataset.live = "yes"; };
  for (const name of Object.keys(parts)) events.addEventListener(name, () => ring(name));
}

function toTheEnd(log) {
  log.scrollTo({ top: log.scrollHeight, behavior: calm.matches || !document.body.dataset.live ? "auto" : "smooth" });
}

function follow() {
  const canvas = document.querySelector("#flow .canvas");
  if (!canvas || !Number(canvas.dataset.x)) return;
  canvas.scrollTo({ left: Number(canvas.dataset.x) - canvas.clientWidth * 0.4, top: Number(canvas.dataset.y) - canvas.clientHeight / 2, behavior: "instant" });
}

function grow(area) {
  area.style.height = "";
  area.style.height = `${Math.min(area.scrollHeight, 120)}px`;
}

document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (!(area instanceof HTMLTextAreaElement) || !("enterSends" in area.dataset)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (area.value.trim()) area.form.requestSubmit();
  }
});

document.addEventListener("input", (event) => {
  if (event.target instanceof HTMLTextAreaElement) grow(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.reply) answer(button);
  if ("noReply" in button.dataset) noAnswer(button.form);
});

function answer(button) {
  const form = document.getElementById(button.dataset.form);
  form.elements.answering.value = button.dataset.reply;
  form.querySelector("q").textContent = button.closest(".bubble").querySelector(".text").textContent.slice(0, 60);
  form.querySelector(".replying").hidden = false;
  form.elements.text.focus();
}

function noAnswer(form) {
  form.elements.answering.value = "";
  form.querySelector(".replying").hidden = true;
}

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, requestConfig, xhr, successful } = event.detail;
  if (requestConfig.verb !== "post") return;
  if (xhr.responseText) tell(xhr.responseText, !successful);
  if (successful && elt.matches("[data-clear]")) {
    elt.reset();
    elt.querySelectorAll("textarea").forEach(grow);
    if (elt.elements.answering) noAnswer(elt);
  }
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  const target = event.detail.target;
  if (target.matches(".log, #wire-log")) toTheEnd(target);
  while (target.id === "wire-log" && target.children.length > 220) target.children[1].remove();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "flow") follow();
});

// A log whose room changes (a bar, a table, a keyboard on a telephone) stays at its end, too.
const room = new ResizeObserver((seen) => seen.forEach(({ target }) => toTheEnd(target)));
document.querySelectorAll(".log, #wire-log").forEach((log) => { toTheEnd(log); room.observe(log); });
follow();
listen();
