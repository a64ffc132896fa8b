// Minus and plus around a number field; an <output for> elsewhere follows it.
function bounds(input) {
  const low = input.min === "" ? -Infinity : Number(input.min);
  const high = input.max === "" ? Infinity : Number(input.max);
  return [low, high];
}

function show(box, input) {
  const [low, high] = bounds(input);
  const value = Number(input.value);
  box.querySelectorAll("button").forEach((button) => {
    button.disabled = Number(button.dataset.by) < 0 ? value <= low : value >= high;
  });
  document.querySelectorAll(`output[for="${CSS.escape(input.id)}"]`).forEach((output) => { output.textContent = input.value; });
}

function setUp(box) {
  const input = box.querySelector("input");
  box.classList.add("live");
  box.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-by]");
    if (!button) return;
    const [low, high] = bounds(input);
    const next = Math.trunc(Number(input.value) || 0) + Number(button.dataset.by);
    input.value = String(Math.min(high, Math.max(low, next)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    // A disabled button would drop the keyboard's place on the page.
    if (button.disabled) input.focus();
  });
  input.addEventListener("input", () => show(box, input));
  input.addEventListener("change", () => show(box, input));
  show(box, input);
}

export function setUpSteppers() {
  document.querySelectorAll("[data-step]:not(.live)").forEach(setUp);
}
