// What can be measured on a page. Each function lists what breaks its rule, so [] is good.
({
  // Text without enough contrast to what is behind it (WCAG 1.4.3).
  tooFaint() {
    const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
    const light = (colour) =>
      colour
        .slice(0, 3)
        .map((value) => value / 255)
        .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
    const behind = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour.length < 4 || colour[3] === 1) return colour;
      }
      return [255, 255, 255];
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const faint = [];
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim();
      const node = walker.currentNode.parentElement;
      if (!text || !node.checkVisibility()) continue;
      if (["SCRIPT", "OPTION", "NOSCRIPT"].includes(node.tagName)) continue;
      const style = getComputedStyle(node);
      const [high, low] = [light(parse(style.color)), light(behind(node))].sort((a, b) => b - a);
      const needed = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
      if ((high + 0.05) / (low + 0.05) < needed) faint.push(text);
    }
    return faint;
  },

  // Controls that a finger could miss (2.5.8 asks for 24 px; ours are 44 px high).
  tooSmall() {
    const controls = "button, .button, select, input, summary, .tabs a, .days a";
    return [...document.querySelectorAll(controls)]
      .filter((node) => node.type !== "hidden" && node.checkVisibility())
      // A box to tick is as large as the label around it.
      .map((node) => (/checkbox|radio/.test(node.type) && node.closest("label")) || node)
      .filter((node) => node.getBoundingClientRect().height < 43.5)
      .map((node) => node.textContent.trim() || node.name);
  },

  // Fields and buttons without a name, pictures without words, ids used twice, styles inside.
  nameless() {
    const fields = [...document.querySelectorAll("input, select, textarea")]
      .filter((node) => node.type !== "hidden" && !node.labels.length)
      .map((node) => node.name);
    const silent = [...document.querySelectorAll("button, a, [role=img]")]
      .filter((node) => !node.textContent.trim() && !node.getAttribute("aria-label"))
      .map((node) => node.outerHTML);
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
    const inside = [...document.querySelectorAll("[style], style, [onclick]")].map(
      (node) => node.outerHTML,
    );
    return [...fields, ...silent, ...twice, ...inside];
  },

  // Words that end at the edge of their box.
  cut() {
    return [...document.querySelectorAll("main *")]
      .filter((node) => node.checkVisibility() && !node.closest(".unseen, svg"))
      .filter((node) => node.tagName !== "INPUT" && /hidden|clip/.test(getComputedStyle(node).overflowX))
      .filter((node) => node.scrollWidth > node.clientWidth + 1)
      .map((node) => node.textContent.trim());
  },

  // Bytes that came over the wire for this page and all that it loads.
  bytes() {
    return ["navigation", "resource"]
      .flatMap((kind) => performance.getEntriesByType(kind))
      .reduce((sum, entry) => sum + (entry.encodedBodySize || 0), 0);
  },
})
