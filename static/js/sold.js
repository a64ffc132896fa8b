// On the counter's pages that sell and that answer: an answer nobody saw is asked for on the next of them.
import { onContent } from "./lib/ready.js";
import { askForAnswer, rememberSent } from "./lib/unanswered.js";

rememberSent();
onContent(askForAnswer);
