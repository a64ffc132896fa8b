// Keeps one page for the time without network: the counter's, or a resident's code. Its first line names that page
// (self.PAGE), the one that asks for it (self.FOR) and the built files by content (self.KEPT, see app/web/offline.py), so
// that another build is another worker.
const { PAGE, FOR } = self;
const PAGES = `page ${PAGE}`, PATIENCE_MS = 2000;
const FILES = `files ${PAGE} ${self.KEPT.join(" ")}`;

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && [PAGE, FOR].includes(pathname)) event.respondWith(page(request, pathname));
  else if (self.KEPT.includes(pathname)) event.respondWith(caches.match(pathname).then((found) => found ?? fetch(request)));
});

async function keep() {
  await (await caches.open(FILES)).addAll(self.KEPT);
  await fetched(PAGE, PAGE).catch(() => null); // whoever is signed out gets it at the next visit
  await self.skipWaiting();
}

// Another worker of the site has pages and files of its own.
async function tidy() {
  const old = (await caches.keys()).filter((name) => name.includes(` ${PAGE}`) && ![FILES, PAGES].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function fetched(address, pathname) {
  const answer = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.ok && !answer.redirected && pathname === PAGE) await (await caches.open(PAGES)).put(PAGE, answer.clone());
  return answer;
}

// The newest page while there is network, the kept one when it does not come in time.
async function page(request, pathname) {
  const answer = await fetched(request.url, pathname).catch(() => null);
  if (answer?.redirected) return Response.redirect(answer.url); // to the sign-in
  if (answer && answer.status < 500) return answer;
  return (await caches.match(PAGE)) ?? answer ?? Response.error();
}
