// Two tabs of one phone share its queue. Where the browser has no locks they are not held apart.
const { locks } = globalThis.navigator ?? {};

// Waits for the other tabs.
export const alone = (act) => (locks ? locks.request("yitian-till", act) : act());

// Leaves it to the tab that is at it.
export const unlessBusy = (act) => (locks ? locks.request("yitian-till-work", { ifAvailable: true }, (lock) => lock && act()) : act());
