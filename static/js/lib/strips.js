// In a strip that slides, the current one is brought into view; the page itself does not move.
export function centreStrips() {
  document.querySelectorAll(".strip, .nav-work ul, .side ul").forEach((strip) => {
    const current = strip.querySelector("[aria-current]");
    if (!current || strip.scrollWidth <= strip.clientWidth) return;
    strip.scrollLeft += current.getBoundingClientRect().left - strip.getBoundingClientRect().left
      - (strip.clientWidth - current.clientWidth) / 2;
  });
}
