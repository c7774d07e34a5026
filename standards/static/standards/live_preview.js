/* The page of a standard: how an auditor will see it, while it is typed; and only the fields that its kind needs.
   The same shape as templates/admin/standards/article.html, which shows what was saved. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("standard_form");
  const phone = document.getElementById("live-preview");
  if (!form || !phone) return;
  const needed = JSON.parse(document.getElementById("fields-of-kind").textContent);
  const text = (name) => form.elements[name]?.value.trim() ?? "";
  const ticked = (name) => Boolean(form.elements[name]?.checked);

  function element(tag, className, ...content) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...content);
    return made;
  }

  function words(className, value) {
    const made = element("p", className);
    made.dir = "auto";
    value.split("\n").forEach((line, index) => made.append(...(index ? [document.createElement("br"), line] : [line])));
    return made;
  }

  /* "warm|Warm\; and personal|2": the label, with what is escaped taken as it is. */
  function label(line) {
    const cells = [""];
    for (let at = 0; at < line.length; at++) {
      if (line[at] === "\\" && at + 1 < line.length) cells[cells.length - 1] += line[++at];
      else if (line[at] === "|") cells.push("");
      else cells[cells.length - 1] += line[at];
    }
    return (cells[1] ?? cells[0]).trim();
  }

  const answers = {
    met: () => ["Met", "Not met"],
    scale: () => ["0", "…", "10"],
    choice: () => text("options").split("\n").filter((line) => line.trim()).map(label),
    measure: () => [`… ${text("unit")}`],
    count: () => ["−", "0", "+"],
    points: () => [`0–${text("max")}`],
    finding: () => ["points"],
  };

  function draw() {
    const kind = text("kind");
    const title = element("h3", "", text("code"));
    if (text("severity") === "critical") title.append(" ", element("em", "", "critical"));
    if (ticked("bonus")) title.append(" ", element("em", "", "bonus"));
    const article = element("article", text("severity"), title, words("wording", text("wording")));
    if (text("guidance")) article.append(words("guidance", text("guidance")));
    if (text("only_if")) article.append(element("p", "hint", `Only if ${text("only_if").replace("=", " is ")}.`));
    const boxes = answers[kind]().map((one) => element("span", "", one));
    boxes.forEach((box) => { box.dir = "auto"; });
    if (ticked("na")) boxes.push(element("span", "na", "Not applicable"));
    article.append(element("div", "answers", ...boxes));
    if (ticked("comment_on_fail")) article.append(element("p", "hint", "A comment is needed on a fail."));
    if (ticked("photo_on_fail")) article.append(element("p", "hint", "A photo is needed on a fail."));
    phone.replaceChildren(article);
  }

  /* What a kind does not know is hidden, unless something stands in it: a fault must stay where it can be seen. */
  function fold() {
    const wanted = needed[text("kind")];
    const names = new Set(Object.values(needed).flat());
    form.querySelectorAll(".form-row").forEach((row) => {
      const fields = [...row.querySelectorAll("input, textarea")].filter((field) => names.has(field.name));
      if (!fields.length) return;
      fields.forEach((field) => {
        const box = field.closest(".form-multiline > div");
        if (box) box.hidden = !wanted.includes(field.name) && !field.value;
      });
      const shown = fields.some((field) => wanted.includes(field.name) || field.value);
      row.hidden = !shown && !row.classList.contains("errors");
    });
    form.querySelectorAll("fieldset").forEach((part) => {
      const rows = [...part.querySelectorAll(":scope .form-row")];
      if (rows.length) part.hidden = rows.every((row) => row.hidden);
    });
  }

  form.addEventListener("input", draw);
  form.addEventListener("change", () => { fold(); draw(); });
  fold();
  draw();
});
