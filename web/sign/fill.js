// Puts what stands behind the "#" of a one-time link into the field for it, and
// takes it out of the address, so that it is in no history.
"use strict";
(() => {
  const field = document.getElementById("link-code");
  const secret = location.hash.slice(1);
  if (!field || secret === "") return;
  field.value = secret;
  history.replaceState(null, "", location.pathname);
})();
