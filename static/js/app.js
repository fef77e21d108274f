/* Small behaviours, wired by data attributes only (the pages allow no inline script).
   Everything works by delegation, so parts swapped in by htmx need no second wiring;
   what must be prepared once per element is in prepare(). */
(function () {
  "use strict";

  var PHOTO_LIMIT = 2 * 1024 * 1024;
  var PHOTO_EDGE = 2400;
  var RESEND_AFTER = 6000;

  function on(type, selector, act) {
    document.addEventListener(type, function (event) {
      var target = event.target.closest && event.target.closest(selector);
      if (target) act(event, target);
    });
  }

  function all(root, selector) {
    var found = Array.prototype.slice.call(root.querySelectorAll(selector));
    if (root.matches && root.matches(selector)) found.unshift(root);
    return found;
  }

  function typing(target) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
  }

  /* -- tables: click opens, j and k walk, Enter opens the focused link -------- */

  on("click", "tr[data-href]", function (event, row) {
    if (event.target.closest("a, button, input, label, select, summary, dialog")) return;
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else window.location.href = row.dataset.href;
  });

  function walk(step) {
    var rows = all(document, "table[data-rows] tbody tr").filter(function (row) {
      return row.querySelector("a, button") && row.offsetParent;
    });
    if (!rows.length) return;
    var current = rows.findIndex(function (row) { return row.contains(document.activeElement); });
    var next = rows[Math.max(0, Math.min(rows.length - 1, current < 0 ? 0 : current + step))];
    next.querySelector("a, button").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  /* Escape leaves the little sheet of an eye and goes back to the eye */
  document.addEventListener("keydown", function (event) {
    var eye = event.key === "Escape" && event.target.closest("details.reveal[open]");
    if (!eye) return;
    eye.open = false;
    eye.querySelector("summary").focus();
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "/") focusSearch(event);
    else scanKey(event);
  });

  function focusSearch(event) {
    var search = document.querySelector("[data-slash]");
    if (!search) return;
    event.preventDefault();
    search.select();
    search.focus();
  }

  function labelCells(table) {
    var heads = all(table, "thead th").map(function (head) { return head.textContent.trim(); });
    all(table, "tbody tr").forEach(function (row) {
      Array.prototype.forEach.call(row.children, function (cell, index) {
        if (heads[index] && !cell.dataset.label) cell.dataset.label = heads[index];
      });
    });
  }

  /* -- dialogs, copying, printing, popups --------------------------------------- */

  on("click", "[data-open]", function (event, button) {
    var dialog = document.getElementById(button.dataset.open);
    if (!dialog) return;
    dialog.showModal();
    var first = dialog.querySelector("textarea, input:not([type=hidden]), select");
    if (first) first.focus();
  });

  on("click", "[data-close]", function (event, button) {
    button.closest("dialog").close();
  });

  on("click", "[data-print]", function () { window.print(); });

  on("click", "[data-copy]", function (event, button) {
    copyText(button.dataset.copy).then(function () {
      var before = button.innerHTML;
      if (button.classList.contains("is-copied")) return;
      button.classList.add("is-copied");
      button.textContent = "已复制";
      setTimeout(function () {
        button.classList.remove("is-copied");
        button.innerHTML = before;
      }, 1600);
    });
  });

  /* The clipboard interface exists on https and localhost only; schools may use plain http inside. */
  function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "visually-hidden";
    document.body.appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return Promise.resolve();
  }

  document.addEventListener("click", function (event) {
    all(document, "details.reveal[open]").forEach(function (details) {
      if (!details.contains(event.target)) details.removeAttribute("open");
    });
  });

  // A full number typed into a filter belongs into the header's posted search, not into an address.
  function sendNumberToSearch(event, words) {
    var search = document.querySelector(".top-search");
    if (!search || !/^[GJL]?\d{14,18}[\dX]?$/i.test((words || "").replace(/\s/g, ""))) { return; }
    event.preventDefault();
    search.elements.q.value = words;
    search.submit();
  }
  document.addEventListener("htmx:configRequest", function (event) {
    sendNumberToSearch(event, event.detail.parameters.q);
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    var details = event.target.closest && event.target.closest("details.reveal");
    if (details && event.detail.successful) details.removeAttribute("open");
  });

  /* -- forms: one submission, warning before leaving unsaved ------------------------ */

  on("input", "form[data-guard]", function (event, form) { form.dataset.changed = "1"; });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    delete form.dataset.changed;
    if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, RESEND_AFTER);  // a download leaves the page standing
  });

  /* Coming back with the browser's own button must find a form that can be sent again. */
  window.addEventListener("pageshow", function () {
    all(document, "form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  window.addEventListener("beforeunload", function (event) {
    if (!document.querySelector("form[data-guard][data-changed]")) return;
    event.preventDefault();
    event.returnValue = "";
  });

  /* -- photos are made small before they travel --------------------------------------- */

  on("change", "input[type=file][data-shrink]", function (event, input) {
    var said = (input.closest("form") || document).querySelector(".upload-said");
    if (said) said.textContent = "正在处理照片…";
    Promise.all(Array.prototype.map.call(input.files, shrink)).then(function (files) {
      put(input, files);
      var heavy = files.filter(function (file) { return file.size > PHOTO_LIMIT && /^image\//.test(file.type); });
      if (said) said.textContent = heavy.length ? "有照片缩小后仍超过 2 MB，请重拍。" : "已选 " + files.length + " 份，正在上传…";
      if (input.hasAttribute("data-autosubmit")) { if (!heavy.length && files.length) input.form.requestSubmit(); }
      else if (said && !heavy.length) said.textContent = "已选 " + files.length + " 份。";
    }).catch(function () {
      input.value = "";
      if (said) said.textContent = "这份文件读不出来，请换一张照片或 PDF。";
    });
  });

  function put(input, files) {
    var box = new DataTransfer();
    files.forEach(function (file) { box.items.add(file); });
    input.files = box.files;
  }

  function shrink(file) {
    if (!/^image\//.test(file.type) || file.size <= PHOTO_LIMIT) return Promise.resolve(file);
    return picture(file).then(function (image) {
      return smaller(image, Math.min(1, PHOTO_EDGE / Math.max(image.naturalWidth, image.naturalHeight)), 0.86);
    }).then(function (blob) {
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    });
  }

  /* An <img> turns itself by the camera's orientation mark; a bitmap does not in old Chromium. */
  function picture(file) {
    return new Promise(function (resolve, reject) {
      var image = new Image();
      image.onload = function () { resolve(image); };
      image.onerror = reject;
      image.src = URL.createObjectURL(file);
    });
  }

  function smaller(image, scale, quality) {
    var canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    var brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise(function (resolve, reject) {
      canvas.toBlob(function (blob) { blob ? resolve(blob) : reject(); }, "image/jpeg", quality);
    }).then(function (blob) {
      if (blob.size <= PHOTO_LIMIT || scale < 0.1) { URL.revokeObjectURL(image.src); return blob; }
      return smaller(image, scale * 0.85, Math.max(0.6, quality - 0.08));
    });
  }

  /* -- the scan viewer --------------------------------------------------------------------- */

  function fit(viewer) {
    var image = viewer.querySelector(".scan-paper img");
    if (image.hidden || !image.naturalWidth) return;
    var turned = Number(viewer.dataset.turn || 0) % 180 !== 0;
    var wide = turned ? image.naturalHeight : image.naturalWidth;
    viewer.dataset.scale = Math.min(1.5, viewer.querySelector(".scan-stage").clientWidth / wide);
    draw(viewer);
  }

  function draw(viewer) {
    var image = viewer.querySelector(".scan-paper img");
    var turn = Number(viewer.dataset.turn || 0);
    var scale = Number(viewer.dataset.scale || 1);
    var width = image.naturalWidth * scale, height = image.naturalHeight * scale;
    var shift = { 0: "0,0", 90: height + "px,0", 180: width + "px," + height + "px", 270: "0," + width + "px" }[turn];
    var paper = viewer.querySelector(".scan-paper");
    image.style.width = width + "px";
    image.style.height = height + "px";
    image.style.transform = "translate(" + shift + ") rotate(" + turn + "deg)";
    paper.style.width = (turn % 180 ? height : width) + "px";
    paper.style.height = (turn % 180 ? width : height) + "px";
  }

  function turn(viewer) {
    viewer.dataset.turn = (Number(viewer.dataset.turn || 0) + 90) % 360;
    fit(viewer);
  }

  function zoom(viewer, way) {
    if (way === "fit") return fit(viewer);
    var scale = Number(viewer.dataset.scale || 1) * (way === "in" ? 1.25 : 0.8);
    viewer.dataset.scale = Math.max(0.05, Math.min(6, scale));
    draw(viewer);
  }

  function scanKey(event) {
    var viewer = document.querySelector("[data-scan] .scan-stage");
    viewer = viewer && viewer.closest("[data-scan]");
    if (!viewer) return;
    if (event.key === "r") turn(viewer);
    else if (event.key === "+" || event.key === "=") zoom(viewer, "in");
    else if (event.key === "-") zoom(viewer, "out");
  }

  on("click", "[data-turn]", function (event, button) {
    if (button.tagName === "BUTTON") turn(button.closest("[data-scan]"));
  });

  on("click", "[data-zoom]", function (event, button) {
    zoom(button.closest("[data-scan]"), button.dataset.zoom);
  });

  on("click", "[data-show]", function (event, link) {
    var viewer = link.closest("[data-scan]") || document.querySelector("[data-scan]");
    if (!viewer || !viewer.querySelector(".scan-paper") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(viewer, link.dataset.show, link.dataset.kind === "pdf", link.textContent.trim());
  });

  function show(viewer, url, pdf, name) {
    var image = viewer.querySelector(".scan-paper img");
    var paper = viewer.querySelector("[data-scan-pdf]");
    viewer.dataset.turn = 0;
    image.hidden = pdf;
    paper.hidden = !pdf;
    if (pdf) { paper.data = url; viewer.querySelector(".scan-paper").removeAttribute("style"); }
    else { image.src = url; image.alt = name; }
    viewer.querySelector("[data-scan-name]").textContent = name;
    viewer.querySelector("[data-scan-link]").href = url;
    all(viewer, ".scan-tabs a").forEach(function (tab) {
      if (tab.dataset.show === url) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    });
    viewer.scrollIntoView({ block: "nearest" });
  }

  function prepareScan(viewer) {
    var image = viewer.querySelector(".scan-paper img");
    if (!image) return;
    image.addEventListener("load", function () { fit(viewer); });
    if (image.complete) fit(viewer);
  }

  /* -- charts ---------------------------------------------------------------------------------- */

  var INKS = ["#17498c", "#9a6200", "#1c6a3b", "#6b3fa0", "#525e6d", "#ab2118"];
  var DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4]];
  var POINTS = ["circle", "rect", "triangle", "rectRot", "cross", "star"];
  var chartScript = null;

  function withChart(act) {
    if (window.Chart) return act();
    if (!chartScript) {
      chartScript = document.createElement("script");
      chartScript.src = document.body.dataset.chartSrc;
      document.head.appendChild(chartScript);
    }
    chartScript.addEventListener("load", act);
  }

  function dataset(series, index, kind) {
    var ink = INKS[index % INKS.length];
    var look = { label: series.label, data: series.values, borderColor: ink, backgroundColor: ink, borderWidth: 2 };
    if (kind === "bar") { look.maxBarThickness = 28; look.borderWidth = 0; }
    else {
      look.borderDash = DASHES[index % DASHES.length];
      look.pointStyle = POINTS[index % POINTS.length];
      look.pointRadius = 4;
      look.tension = 0;
    }
    return look;
  }

  function drawChart(canvas) {
    if (window.Chart.getChart(canvas)) return;
    var data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    window.Chart.defaults.font.size = 13;
    window.Chart.defaults.color = "#525e6d";
    new window.Chart(canvas, {
      type: data.kind || "line",
      data: { labels: data.labels, datasets: data.series.map(function (one, index) { return dataset(one, index, data.kind); }) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: { mode: "nearest", intersect: false },
        onClick: function (event, hits) { follow(data, hits); },
        plugins: { legend: { display: data.series.length > 1, position: "bottom", labels: { usePointStyle: true, boxWidth: 8, boxHeight: 8, padding: 16 } } },
        scales: {
          y: { beginAtZero: true, suggestedMax: data.max, ticks: { precision: 0 }, grid: { color: "#e6eaef" }, border: { display: false } },
          x: { grid: { display: false } }
        }
      }
    });
  }

  function follow(data, hits) {
    if (!hits.length) return;
    var urls = data.series[hits[0].datasetIndex].urls;
    if (urls && urls[hits[0].index]) window.location.href = urls[hits[0].index];
  }

  /* The tab one is on stands in sight where there are more than a phone is wide. */
  function showTab(tab) {
    var frame = tab.closest(".tabs"), at = tab.getBoundingClientRect(), seen = frame.getBoundingClientRect();
    if (at.right > seen.right) frame.scrollLeft += at.right - seen.right + 24;
  }

  /* -- once per element, at first and after each swap ------------------------------------------- */

  function prepare(root) {
    all(root, "table.is-stack").forEach(labelCells);
    all(root, "[data-scan]").forEach(prepareScan);
    all(root, ".tabs [aria-current]").forEach(showTab);
    all(root, "[data-focus]").forEach(function (element) { element.focus(); });
    var canvases = all(root, "canvas[data-chart]");
    if (canvases.length) withChart(function () { canvases.forEach(drawChart); });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", function () { prepare(document); });
  else prepare(document);
  document.addEventListener("htmx:afterSettle", function (event) {
    prepare(event.target);
    /* an answer below the fold of a phone comes into view */
    if (event.target.matches("[data-come]")) event.target.scrollIntoView({ block: "nearest" });
  });
})();
