// A menu is a <details>; a click elsewhere or Escape closes it.
export function closeMenus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", ({ target }) => open().forEach((menu) => { if (!menu.contains(target)) menu.open = false; }));
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    open().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });
}
