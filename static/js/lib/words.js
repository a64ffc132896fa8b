// Sentences for people come from the page (base.html, <template id="words">), in the page's language.
export function word(name, fill = {}) {
  const text = document.getElementById("words")?.dataset[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (_, key) => fill[key] ?? "");
}
