// Runs each function once now and again whenever htmx has put new content into the page.
// The functions look for what they know and must leave alone what they have done already.
export function onContent(...setUps) {
  const run = () => setUps.forEach((setUp) => setUp());
  run();
  document.addEventListener("htmx:after:swap", run);
}
