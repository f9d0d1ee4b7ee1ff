// Keys for people who clear a list: n, f, d and h move to what the page marks
// with data-key; ? shows them. A key never decides by itself: it moves to the
// button, and Enter presses it. Everything works without this file.
"use strict";

(function () {
  function typing(el) {
    return el && (el.isContentEditable || /^(input|textarea|select)$/i.test(el.tagName) && el.type !== "radio");
  }

  document.addEventListener("keydown", function (e) {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) {
      return;
    }
    if (e.key === "?") {
      var list = document.getElementById("keys");
      if (list && !list.open) {
        list.showModal();
        e.preventDefault();
      }
      return;
    }
    if (!/^[a-z]$/.test(e.key)) {
      return;
    }
    var target = document.querySelector('[data-key="' + e.key + '"]');
    if (!target || document.querySelector("dialog[open]")) {
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
  window.addEventListener("pageshow", function (e) {
    if (e.persisted) {
      window.location.reload(); // a page from the browser's memory may be old
    }
  });
})();
