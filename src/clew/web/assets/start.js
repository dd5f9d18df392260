// Everything works without this file; it adds what makes forms and long work pleasanter.
import { initAll } from "./vendor/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
