// Long lists of boxes: type to find. Without this script all boxes stand under their headings in a list that scrolls.

const hint = document.body.dataset.searchHint;
// What is looked for in each list; a refresh of the form brings the list back without it.
const sought = new Map();

function enhanceList(list) {
  const key = list.closest("fieldset").id;
  const filter = () => {
    const text = sought.get(key) ?? "";
    for (const group of list.children) {
      for (const option of group.querySelectorAll(".option")) {
        option.hidden = !option.textContent.includes(text) && !option.querySelector(":checked");
      }
      group.hidden = !group.querySelector(".option:not([hidden])");
    }
  };
  filter();
  if (list.previousElementSibling?.type === "search") return;
  const input = Object.assign(document.createElement("input"), { className: "input", type: "search", placeholder: hint });
  input.setAttribute("aria-label", hint);
  input.value = sought.get(key) ?? "";
  input.addEventListener("input", () => (sought.set(key, input.value.trim()), filter()));
  // Enter looks for nothing new and must not send the form.
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  list.before(input);
}

const enhance = () => document.querySelectorAll("[data-choice-list]").forEach(enhanceList);
enhance();
document.addEventListener("htmx:afterSettle", enhance);
