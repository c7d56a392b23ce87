// What is wrong with how this page is laid out and marked up? Each check returns a list of sentences.
(() => {
  const name = (element) => {
    const text = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim();
    const classes = element.classList && element.classList.length ? "." + [...element.classList].join(".") : "";
    return `<${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""}${classes}> “${text.replace(/\s+/g, " ").slice(0, 50)}”`;
  };
  const box = (element) => element.getBoundingClientRect();
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  // Hidden from the eye alone: cut to nothing, for those who listen.
  const isUnseen = (element) => {
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      const style = getComputedStyle(one), { width, height } = box(one);
      if (style.clipPath === "inset(50%)" || (style.clip !== "auto" && width <= 2 && height <= 2)) return true;
      if (box(one).bottom < 0 && style.position === "absolute") return true; // a skip link, until it has focus
    }
    return false;
  };
  const scrolls = (element) => {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(one).overflowX)) return true;
    }
    return false;
  };
  const all = (selector = "body *") => [...document.querySelectorAll(selector)].filter((e) => isShown(e) && !isUnseen(e));
  const ownText = (element) => [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());

  const reflow = () => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width + 1) return [];
    const wide = all().filter((e) => !scrolls(e) && (box(e).right > width + 1 || box(e).left < -1));
    const innermost = wide.filter((e) => !wide.some((other) => other !== e && e.contains(other)));
    return innermost.slice(0, 5).map((e) => `wider than ${width} px: ${name(e)} reaches from ${Math.round(box(e).left)} to ${Math.round(box(e).right)}`)
      .concat(innermost.length ? [] : [`scrolls sideways at ${width} px`]);
  };

  const clipped = () => all().flatMap((element) => {
    const style = getComputedStyle(element);
    if (element.closest("svg") || ["INPUT", "SELECT", "TEXTAREA", "PROGRESS", "IFRAME", "OPTION"].includes(element.tagName)) return [];
    if (!element.textContent.trim() || !element.clientWidth) return [];
    const hides = (value) => ["hidden", "clip"].includes(value);
    const cutX = element.scrollWidth > element.clientWidth + 1, cutY = element.scrollHeight > element.clientHeight + 1;
    if ((hides(style.overflowX) && cutX) || (hides(style.overflowY) && cutY)) return [`cut off: ${name(element)}`];
    const isBox = element.matches("button, .kern-btn, .kern-badge, th, td, label, h1, h2, h3, legend, summary");
    if (isBox && cutX && style.overflowX === "visible" && style.display !== "inline" && ownText(element)) return [`runs over its box: ${name(element)}`];
    return [];
  });

  const union = (one, other) => {
    const left = Math.min(one.left, other.left), top = Math.min(one.top, other.top);
    return { left, top, width: Math.max(one.right, other.right) - left, height: Math.max(one.bottom, other.bottom) - top };
  };
  const targets = () => all("a[href], button, input, select, textarea, summary, [role=button], [tabindex='0']").flatMap((element) => {
    if (element.disabled || element.type === "hidden") return [];
    const style = getComputedStyle(element);
    // A link within a sentence is as large as the sentence lets it be (WCAG 2.5.8, exception “inline”).
    if (element.tagName === "A" && style.display === "inline") {
      const around = element.closest("p, li, dd, td, span, div, label, legend, h2, h3");
      if (around && around.textContent.trim().length > element.textContent.trim().length) return [];
    }
    if (element.matches("[tabindex]") && element.scrollWidth > element.clientWidth) return []; // scrolled, not pressed
    let area = box(element);
    for (const label of element.labels || []) if (isShown(label)) area = union(area, box(label));
    const least = element.matches(".btn-big") ? 44 : 24;
    return area.width < least - 0.5 || area.height < least - 0.5
      ? [`smaller than ${least} px: ${name(element)} is ${Math.round(area.width)} × ${Math.round(area.height)}`] : [];
  });

  // The blank between a word and an element beside it is no gap where the box around them is a flex box.
  const glued = () => all().flatMap((element) => {
    if (!getComputedStyle(element).display.endsWith("flex")) return [];
    return [...element.childNodes].flatMap((node) => {
      if (node.nodeType !== 3 || !node.data.trim()) return [];
      const range = document.createRange();
      range.selectNodeContents(node);
      const words = range.getBoundingClientRect();
      const besides = [/^\s/.test(node.data) && node.previousElementSibling, /\s$/.test(node.data) && node.nextElementSibling];
      return besides.filter((other) => {
        if (!other || !isShown(other) || isUnseen(other) || !other.textContent.trim()) return false;
        const { left, right, top, bottom } = box(other);
        return Math.max(left - words.right, words.left - right) < 1 && top < words.bottom && words.top < bottom;
      }).map((other) => `run together: ${name(other)} and “${node.data.trim().slice(0, 40)}”`);
    });
  });

  const headings = () => {
    const found = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((e) => e.checkVisibility());
    const levels = found.map((e) => Number(e.tagName[1]));
    const faults = levels.filter((level) => level === 1).length === 1 ? [] : [`${levels.filter((l) => l === 1).length} headings of the first level`];
    levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) faults.push(`heading skips a level: ${name(found[i])}`); });
    return faults;
  };

  const direction = (language) => {
    const root = document.documentElement, wanted = ["ar", "fa"].includes(language) ? "rtl" : "ltr";
    const faults = [];
    if (root.lang !== language) faults.push(`lang is “${root.lang}”, not “${language}”`);
    if (getComputedStyle(root).direction !== wanted) faults.push(`direction is ${getComputedStyle(root).direction}`);
    if (wanted === "ltr") return faults;
    for (const input of all("input[type=email], input[type=tel], input[inputmode=numeric], input[name*=postcode]")) {
      if (getComputedStyle(input).direction !== "ltr") faults.push(`runs from right to left: ${name(input)} ${input.name}`);
    }
    // A date or number with Latin letters beside it is torn apart unless it is set apart.
    const fragile = /\d{1,2}\.\s?\d{1,2}\.|\b\d{5}\s+\p{Script=Latin}|\b\p{Script=Latin}{1,4}-\d+|\+49/u;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode, parent = node.parentElement;
      if (!fragile.test(node.data) || !isShown(parent) || parent.closest("[lang]:not(html), script, option, select, title")) continue;
      // Set apart by characters: SVG and the texts of forms know no bdi.
      if (/\u2068[^\u2069]*\u2069/.test(node.data)) continue;
      if (parent.closest("bdi, [dir]:not(html)") || getComputedStyle(parent).unicodeBidi.includes("isolate") && parent.matches("a, td, dd, span, time, li, p") && node.data.trim() === parent.textContent.trim() && !/[\u0600-\u06ff]/.test(node.data)) continue;
      faults.push(`not set apart (bdi): “${node.data.trim().slice(0, 60)}”`);
    }
    return faults;
  };

  // Every text that people read or hear, but for passages in another language and for names and other data.
  const texts = () => {
    const found = new Set();
    const foreign = (element) => element.closest("[lang]:not(html)");
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.trim() && !node.parentElement.closest("script, style, template") && !foreign(node.parentElement)) found.add(node.data.replace(/\s+/g, " ").trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
      if (foreign(element)) continue;
      for (const key of ["aria-label", "placeholder", "title", "alt"]) if (element.getAttribute(key)) found.add(element.getAttribute(key).replace(/\s+/g, " ").trim());
    }
    found.add(document.title.trim());
    return [...found];
  };

  return { reflow, clipped, targets, glued, headings, direction, texts };
})()
