// On pages with a scanner: the camera, a USB scanner and the sound of the answer.
import { answerAloud } from "./lib/feedback.js";
import { onContent } from "./lib/ready.js";
import { setUpScanners } from "./lib/scan-box.js";
import { listenForWedge } from "./lib/wedge.js";

listenForWedge();
onContent(setUpScanners, answerAloud);
