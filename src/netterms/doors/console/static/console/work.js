// Keys of the work list and the call screen. Everything they do can be done without them, by links and forms.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("tr[data-href]")];
  const form = document.querySelector("#contact");
  const help = document.querySelector("dialog.keys-list");
  let here = -1;

  const stand = (at) => {
    if (!rows.length) return;
    here = Math.max(0, Math.min(rows.length - 1, at));
    rows.forEach((row, index) => row.classList.toggle("is-here", index === here));
    rows[here].querySelector("a").focus({ preventScroll: true });
    rows[here].scrollIntoView({ block: "nearest" });
  };
  const open = (part = "") => {
    if (here < 0) stand(0);
    if (rows[here]) location.assign(rows[here].dataset.href + part);
  };
  const go = (selector) => {
    const link = document.querySelector(selector);
    if (link) location.assign(link.href);
  };
  const into = (selector) => {
    const field = document.querySelector(selector);
    if (field) { field.focus(); field.scrollIntoView({ block: "center" }); }
  };
  const ended = (outcome, selector) => {
    if (!form) return;
    if (outcome) {
      form.elements.outcome.value = outcome;
      if (outcome === "promised") form.elements.right_party.checked = true;
    }
    into(selector);
  };
  const begin = (part) => {
    if (part === "#promise") ended("promised", "#person");
    else if (part === "#dispute") into("#dispute select");
    else ended("", "#outcome");
  };
  const act = (part) => (form ? begin(part) : open(part));
  const keys = {
    j: () => stand(here + 1),
    k: () => stand(here - 1),
    ArrowDown: () => stand(here + 1),
    ArrowUp: () => stand(here - 1),
    Enter: () => open(),
    c: () => act("#contact"),
    p: () => act("#promise"),
    d: () => act("#dispute"),
    n: () => (form ? go("a[rel=next]") : stand(here + 1)),
    u: () => go("a[rel=up]"),
    "?": () => help && (help.open ? help.close() : help.showModal()),
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, select, textarea");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form) {
      event.preventDefault();
      field.form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && field) { field.blur(); return; }
    if (field || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    // Enter on a link or button is theirs, but for the row one stands on.
    if (event.key === "Enter" && !(rows[here] && rows[here].contains(event.target)) && event.target.closest("a, button, summary")) return;
    if (event.key.startsWith("Arrow") && form) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.querySelectorAll("[data-keys]").forEach((button) => button.addEventListener("click", keys["?"]));
  // A person of the list is filled in with one choice.
  form?.elements.contact?.addEventListener("change", (event) => {
    const chosen = event.target.selectedOptions[0];
    if (chosen?.dataset.name) form.elements.person.value = chosen.dataset.name;
  });
  if (form && location.hash) begin(location.hash);
  else if (rows.length) stand(0);
})();
