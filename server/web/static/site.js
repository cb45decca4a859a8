// Niceties for every page. Without this script: forms are sent by their buttons, drop-downs are plain ones, uploads start with
// the button, and a session that ended is noticed at the next post, which keeps what was typed.

const LARGEST_FILE = 20_000_000;
const words = document.body.dataset;
document.documentElement.classList.add("scripted");
// What is typed while a refresh is on its way stays.
if (window.Idiomorph) window.Idiomorph.defaults.ignoreActiveValue = true;

document.querySelector("[data-error-summary]")?.focus();

// A change of a field that rules depend on refreshes the form. An answer that comes after further changes is dropped, and asked
// for again; files never travel with a refresh.
const typed = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrf"));
let asked = "";
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.page-form");
  if (form && event.target.closest("[data-live]")) form.dispatchEvent(new CustomEvent("live"));
});
document.addEventListener("htmx:configRequest", (event) => {
  asked = typed(event.target);
  for (const [name, value] of [...event.detail.formData]) if (value instanceof File) event.detail.formData.delete(name);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (typed(event.target) === asked) return;
  event.detail.shouldSwap = false;
  event.target.dispatchEvent(new CustomEvent("live"));
});

// One press, one post.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// Files: too large ones are named before they travel; an upload form of its own sends itself.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file") return;
  const large = [...input.files].find((file) => file.size > LARGEST_FILE);
  input.setCustomValidity(large ? `${large.name}: ${words.tooLarge}` : "");
  if (large) {
    input.reportValidity();
    input.value = "";
    input.setCustomValidity("");
  } else if (input.files.length && input.form.matches("[data-upload]")) {
    input.form.requestSubmit(input.form.querySelector('button[value="upload"]'));
  }
});

// Long lists: type to find. The drop-down stays the form's control.
function enhanceSelect(select) {
  if (select.dataset.enhanced) return;
  select.dataset.enhanced = "1";
  const options = [...select.options].filter((option) => option.value);
  const box = Object.assign(document.createElement("div"), { className: "search" });
  const input = Object.assign(document.createElement("input"), { className: "input", type: "text", autocomplete: "off" });
  const list = Object.assign(document.createElement("ul"), { className: "search-list", hidden: true, id: `${select.id}-list` });
  const chosen = () => (select.value ? select.selectedOptions[0].textContent : "");
  let marked = -1;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");
  input.placeholder = words.searchHint;
  input.value = chosen();
  list.setAttribute("role", "listbox");
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
  };
  const mark = (index) => {
    marked = index;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    list.children[index]?.scrollIntoView({ block: "nearest" });
    if (list.children[index]) input.setAttribute("aria-activedescendant", list.children[index].id);
    else input.removeAttribute("aria-activedescendant");
  };
  const choose = (value) => {
    const changed = select.value !== value;
    select.value = value;
    input.value = chosen();
    show(false);
    if (changed) select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const fill = () => {
    const text = input.value === chosen() ? "" : input.value.trim();
    list.replaceChildren(
      ...options
        .filter((option) => option.textContent.includes(text))
        .map((option, place) => {
          const item = Object.assign(document.createElement("li"), { textContent: option.textContent, id: `${list.id}-${place}` });
          item.setAttribute("role", "option");
          item.addEventListener("mousedown", (event) => (event.preventDefault(), choose(option.value)));
          item.dataset.value = option.value;
          return item;
        }),
    );
    show(list.children.length > 0);
    mark(text ? 0 : -1);
  };
  input.addEventListener("input", fill);
  input.addEventListener("click", fill);
  input.addEventListener("blur", () => (input.value.trim() ? choose(select.value) : choose("")));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) fill();
      mark(Math.max(0, Math.min(list.children.length - 1, marked + (event.key === "ArrowDown" ? 1 : -1))));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (list.children[marked]) choose(list.children[marked].dataset.value);
    } else if (event.key === "Escape") choose(select.value);
  });
  const id = select.id;
  select.id = `${id}-select`;
  select.hidden = true;
  input.id = id;
  select.before(box);
  box.append(input, list, select);
}
const enhance = () => document.querySelectorAll("select[data-search-select]").forEach(enhanceSelect);
enhance();
document.addEventListener("htmx:afterSettle", enhance);

// Five minutes before a session ends, offer to go on.
const dialog = document.querySelector("[data-session-dialog]");
if (dialog) {
  const wait = (left) => setTimeout(() => dialog.showModal(), Math.max(left - 300, 5) * 1000);
  dialog.querySelector("button").addEventListener("click", async () => {
    const left = await fetch("/session").then((answer) => answer.json(), () => ({ seconds: 0 }));
    dialog.close();
    wait(left.seconds || 600);
  });
  wait(Number(document.body.dataset.expiresIn));
}
