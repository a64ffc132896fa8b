// One message at the foot of the window, read out by screen readers.
let box;

export function toast(text, { lasts = 0, actions = [] } = {}) {
  hideToast();
  box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", "status");
  const says = document.createElement("p");
  box.append(says);
  if (actions.length) {
    const line = document.createElement("p");
    line.className = "cluster";
    line.append(...actions.map(([label, act]) => action(label, act)));
    box.append(line);
  }
  document.body.append(box);
  // Set after it is in the page: only a change is read out.
  says.textContent = text;
  const mine = box;
  if (lasts) setTimeout(() => { if (box === mine) hideToast(); }, lasts);
}

function action(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn line mini";
  button.textContent = label;
  button.addEventListener("click", () => { hideToast(); act(); });
  return button;
}

export function hideToast() {
  box?.remove();
  box = undefined;
}
