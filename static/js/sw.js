// Keeps the counter's page for the time without network. Its first line (self.KEPT, see app/web/offline.py) names the
// built files by content, so another build is another worker.
const PAGE = "/counter/offline", PAGES = "counter-page", PATIENCE_MS = 2000;
const FILES = `counter-files ${self.KEPT.join(" ")}`;

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (self.KEPT.includes(pathname)) event.respondWith(caches.match(pathname).then((found) => found ?? fetch(request)));
});

async function keep() {
  await (await caches.open(FILES)).addAll(self.KEPT);
  await fetched(PAGE).catch(() => null); // whoever is signed out gets it at the next visit
  await self.skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => ![FILES, PAGES].includes(name)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function fetched(request) {
  const answer = await fetch(request, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.ok && !answer.redirected) await (await caches.open(PAGES)).put(PAGE, answer.clone());
  return answer;
}

// The newest page while there is network, the kept one when it does not come in time.
async function page(request) {
  const answer = await fetched(request.url).catch(() => null);
  if (answer?.redirected) return Response.redirect(answer.url); // to the sign-in
  if (answer && answer.status < 500) return answer;
  return (await caches.match(PAGE)) ?? answer ?? Response.error();
}
