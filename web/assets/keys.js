// Keys for people who clear a list: n, f, d and h move to what the page marks
// with data-key; ? shows them. A key never decides by itself: it moves to the
// button, and Enter presses it. Whoever dictates or slips can turn them off.
// Everything works without this file.
"use strict";

(function () {
  var list = document.getElementById("keys");
  var off = "carryover-keys-off";

  function keysOn() {
    try {
      return !window.localStorage.getItem(off);
    } catch (e) {
      return true; // a browser that keeps nothing has them on
    }
  }

  function turn(on) {
    try {
      if (on) {
        window.localStorage.removeItem(off);
      } else {
        window.localStorage.setItem(off, "yes");
      }
    } catch (e) {} // it lasts for this page then
    show(on);
  }

  function show(on) {
    document.documentElement.classList.toggle("keyed", on);
    document.querySelectorAll("[data-key]").forEach(function (el) {
      if (on) {
        el.setAttribute("aria-keyshortcuts", el.dataset.key);
      } else {
        el.removeAttribute("aria-keyshortcuts");
      }
    });
  }

  function typing(el) {
    return el && (el.isContentEditable || /^(input|textarea|select)$/i.test(el.tagName) && !/^(radio|checkbox)$/.test(el.type));
  }

  document.addEventListener("keydown", function (e) {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) {
      return;
    }
    if (!document.documentElement.classList.contains("keyed") || document.querySelector("dialog[open]")) {
      return;
    }
    if (e.key === "?" && list) {
      list.showModal();
      e.preventDefault();
      return;
    }
    if (!/^[a-z]$/.test(e.key)) {
      return;
    }
    var target = document.querySelector('[data-key="' + e.key + '"]');
    if (!target) {
      return;
    }
    e.preventDefault();
    if (target.tagName === "A") {
      target.click();
      return;
    }
    if (target.tagName === "SUMMARY") {
      target.parentElement.open = true;
      target = target.parentElement.querySelector('input:not([type="hidden"])') || target;
    }
    target.focus();
    target.scrollIntoView({ block: "center" });
  });

  show(keysOn());
  if (list) {
    var hint = document.querySelector(".keys");
    var box = list.querySelector('input[type="checkbox"]');
    hint.hidden = false;
    hint.querySelector("button").addEventListener("click", function () {
      list.showModal();
    });
    box.checked = keysOn();
    box.addEventListener("change", function () {
      turn(box.checked);
    });
  }

  // What was just done is said once, not again when the page is opened anew.
  if (/[?]done=/.test(window.location.search)) {
    window.history.replaceState(null, "", window.location.pathname);
  }

  // What a search found is read out, and Tab goes on from there. A search that
  // nobody answers is sent as a page, so that the browser says what is wrong.
  document.addEventListener("htmx:afterSwap", function () {
    var found = document.getElementById("found");
    if (found) {
      found.focus();
    }
  });
  function whole(e) {
    var form = e.target.closest && e.target.closest("form");
    if (form) {
      form.submit();
    }
  }
  document.addEventListener("htmx:sendError", whole);
  document.addEventListener("htmx:responseError", whole);

  // One press of a button is one request.
  document.addEventListener("submit", function (e) {
    if (e.defaultPrevented || e.target.method !== "post") {
      return;
    }
    if (e.target.dataset.sent) {
      e.preventDefault();
      return;
    }
    e.target.dataset.sent = "yes";
  });
  document.documentElement.classList.add("ready");
  window.addEventListener("pageshow", function (e) {
    if (e.persisted) {
      window.location.reload(); // a page from the browser's memory may be old
    }
  });
})();
