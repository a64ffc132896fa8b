// Lines of the lists on the page of the till without network.
export function row(title, detail, ...buttons) {
  const item = document.createElement("li"), inside = document.createElement("div"), said = document.createElement("span");
  item.className = "row";
  for (const [kind, content] of [["t", title], ["d", detail]]) {
    const line = document.createElement("span");
    line.className = kind;
    line.textContent = content;
    said.append(line, " ");
  }
  inside.append(said, ...buttons);
  item.append(inside);
  return item;
}

export function smallButton(label, name, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn line mini";
  button.textContent = label;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
}
