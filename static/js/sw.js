// Keeps one page for the time without network: the counter's, or a resident's code. Its first line names that page
// (self.PAGE), the address that asks for it, or with a slash at its end all below it (self.FOR), and the built files by
// content (self.KEPT, see app/web/offline.py), so that another build is another worker. No other page is ever kept.
const { PAGE, FOR } = self;
const PAGES = `page ${PAGE}`, PATIENCE_MS = 2000, PULSE = `${PAGE}/pulse`;
const FILES = `files ${PAGE} ${self.KEPT.join(" ")}`;
const AWAY = [502, 503, 504]; // a proxy before a site that is not there

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("message", (event) => event.waitUntil(fetched(PAGE, PAGE).catch(() => null)));
self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin) return;
  const isGet = request.method === "GET", isPage = request.mode === "navigate";
  if (isPage && isGet && [PAGE, FOR].includes(pathname)) event.respondWith(page(request, pathname, search));
  else if (isPage && FOR.endsWith("/") && `${pathname}/`.startsWith(FOR)) event.respondWith(other(request));
  else if (isGet && self.KEPT.includes(pathname)) event.respondWith(caches.match(pathname).then((found) => found ?? fetch(request)));
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

// The newest page while there is network, the kept one when it does not come in time, or when the network has just gone.
async function page(request, pathname, search) {
  const kept = await caches.match(PAGE);
  if (kept && search === "?left") return kept;
  const answer = await fetched(request.url, pathname).catch(() => null);
  if (answer?.redirected) return Response.redirect(answer.url); // to the sign-in
  if (answer && answer.status < 500) return answer;
  return kept ?? answer ?? Response.error();
}

// Any other page as it comes, however slowly while the site answers at all; else over to the kept one.
async function other(request) {
  const coming = fetch(request).catch(() => null);
  const soon = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, "late"); });
  let answer = await Promise.race([coming, soon]);
  if (answer === "late") answer = (await isThere()) ? await coming : null;
  if (answer && !AWAY.includes(answer.status)) return answer;
  return (await caches.match(PAGE)) ? Response.redirect(`${PAGE}?left`, 303) : (answer ?? Response.error());
}

const isThere = () => fetch(PULSE, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }).then(({ ok }) => ok, () => false);
