// Brings the step at which a case stands into view. Without this script the chart scrolls by hand.

for (const box of document.querySelectorAll(".chart-scroll")) {
  const current = box.querySelector(".chart-stuck, .chart-current");
  if (!current) continue;
  const step = current.getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  box.scrollLeft += step.left - frame.left - (frame.width - step.width) / 2;
  box.scrollTop += step.top - frame.top - (frame.height - step.height) / 2;
}
