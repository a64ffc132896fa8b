// On every page. The pages read and send without it; this makes sending twice, losing words and waiting harder.
import { confirmGate } from "./lib/confirm.js";
import { focusFirstError } from "./lib/focus.js";
import { keepTyped } from "./lib/keep-typed.js";
import { closeMenus } from "./lib/menus.js";
import { watchNetwork, networkGate } from "./lib/network.js";
import { shrinkPhotos, photoGate } from "./lib/photo.js";
import { printButtons } from "./lib/print.js";
import { onContent } from "./lib/ready.js";
import { forgetCode } from "./lib/signed-out.js";
import { setUpSteppers } from "./lib/stepper.js";
import { centreStrips } from "./lib/strips.js";
import { guardForms } from "./lib/submit-once.js";
import { watchWaiting } from "./lib/waiting.js";
import { zoomPhotos } from "./lib/zoom.js";

guardForms([networkGate, photoGate, confirmGate]);
watchNetwork();
watchWaiting();
keepTyped();
closeMenus();
zoomPhotos();
shrinkPhotos();
onContent(forgetCode, setUpSteppers, printButtons, centreStrips, focusFirstError);
