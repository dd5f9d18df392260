// What is painted on this page: every mark and text of a drawing, with its colours and with what lies behind it.
() => {
  const SHAPES = "circle, ellipse, line, path, polygon, polyline, rect";
  const NOT_DRAWN = "button, hr, iframe, img, input, meta, option, progress, script, select, svg *, textarea, [tabindex='-1']";
  const style = (one, part) => getComputedStyle(one, part);
  const around = (one) => (one.parentElement ? [...around(one.parentElement), one.parentElement] : []);
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("defs, clipPath, mask, symbol");
  const opacity = (one) => [...around(one), one].reduce((all, each) => all * Number(style(each).opacity), 1);
  const canvas = document.body.appendChild(document.createElement("p"));
  canvas.style.setProperty("background-color", "Canvas");
  const paper = style(canvas).backgroundColor;
  canvas.remove();
  const ground = (one) => [paper, ...around(one).map((each) => style(each).backgroundColor)];

  const filled = (one) => one.localName !== "line" && style(one).fill !== "none";
  const stroked = (one) => style(one).stroke !== "none" && parseFloat(style(one).strokeWidth) > 0;
  const paint = (one, name) => ({ colour: style(one)[name], alpha: opacity(one) * Number(style(one)[`${name}Opacity`]) });
  const paints = (one) => [...(filled(one) ? [paint(one, "fill")] : []), ...(stroked(one) ? [paint(one, "stroke")] : [])];
  const holds = (outer, inner) => {
    const [a, b] = [outer.getBoundingClientRect(), inner.getBoundingClientRect()];
    return a.left <= b.left + 1 && a.right >= b.right - 1 && a.top <= b.top + 1 && a.bottom >= b.bottom - 1;
  };
  const under = (one) => [...one.ownerSVGElement.querySelectorAll("circle, ellipse, polygon, rect")]
    .filter((other) => other !== one && other.compareDocumentPosition(one) & 4 && filled(other) && holds(other, one))
    .map((other) => style(other).fill);

  const rowOf = (one) => [...(one.closest("tr")?.querySelectorAll("td") ?? [])].map((cell) => cell.textContent);
  const shape = (one) => [
    one.localName, one.getAttribute("r"), style(one).strokeWidth, style(one).strokeDasharray, style(one).cursor,
    one.localName === "line" || one.localName === "path" ? "" : style(one).fill === paper,
    one.nextElementSibling?.localName === "text" ? one.nextElementSibling.textContent : "",
    rowOf(one).join(" ").replace(/[^a-z]+/gi, " ").trim(),
  ].join("|");
  const drawing = (one) => [...document.querySelectorAll("svg, table")].indexOf(one.closest("table") ?? one.ownerSVGElement);
  const told = (one, kind, colours, behind, more = {}) => ({
    kind, colours, behind, hidden: Boolean(one.closest("[aria-hidden=true]")),
    names: [one.localName, ...one.classList], what: one.outerHTML.slice(0, 160), ...more,
  });

  const marks = [...document.querySelectorAll("svg :is(" + SHAPES + ")")].filter(seen).map((one) =>
    told(one, "mark", paints(one), [...ground(one), ...under(one)], { shape: shape(one), drawing: drawing(one) }));
  const texts = [...document.querySelectorAll("svg text, svg tspan")].filter(seen).flatMap((one) => {
    const halo = stroked(one) ? [[...ground(one), style(one).stroke]] : [];
    return [[...ground(one), ...under(one)], ...halo].map((behind) => told(one, "text", [paint(one, "fill")], behind));
  });
  const patches = [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return !one.matches(NOT_DRAWN) && one.localName !== "svg" && !one.childNodes.length && box.width > 2 && box.height > 2 && seen(one)
      && (style(one).backgroundColor !== "rgba(0, 0, 0, 0)" || parseFloat(style(one).borderTopWidth) > 0);
  }).map((one) => told(one, "mark", [
    { colour: style(one).backgroundColor, alpha: opacity(one) },
    ...(parseFloat(style(one).borderTopWidth) ? [{ colour: style(one).borderTopColor, alpha: opacity(one) }] : []),
  ], ground(one)));
  const signs = [...document.querySelectorAll("body *")].filter(seen).flatMap((one) => ["::before", "::after"]
    .filter((part) => /^"\s*\S/.test(style(one, part).content) && style(one, part).display !== "none")
    .map((part) => told(one, "text", [{ colour: style(one, part).color, alpha: opacity(one) }],
      [...ground(one), style(one).backgroundColor, style(one, part).backgroundColor])));
  const bars = [...document.querySelectorAll("progress")].filter((one) => style(one).accentColor !== "auto").map((one) =>
    told(one, "mark", [{ colour: style(one).accentColor, alpha: 1 }], ground(one)));
  return [...marks, ...texts, ...patches, ...signs, ...bars];
}
