// Sort the table by a column; without it the rows stand in the order of the input.
"use strict";
const body = document.querySelector(".clips tbody");
const heads = [...document.querySelectorAll(".clips th[data-key]")];
const value = (row, key) => row.dataset[key];
const compare = (a, b, key) => {
	const x = value(a, key), y = value(b, key);
	return key === "name" || key === "verdict" ? x.localeCompare(y) : Number(x) - Number(y);
};
for (const head of heads) {
	const button = document.createElement("button");
	button.type = "button";
	button.append(...head.childNodes);
	head.append(button);
	button.addEventListener("click", () => {
		const falling = head.getAttribute("aria-sort")
			? head.getAttribute("aria-sort") === "ascending"
			: head.dataset.key === "confidence" || head.dataset.key === "text" || head.dataset.key === "flicker";
		const rows = [...body.rows].sort((a, b) => compare(a, b, head.dataset.key));
		body.append(...(falling ? rows.reverse() : rows));
		heads.forEach((h) => h.removeAttribute("aria-sort"));
		head.setAttribute("aria-sort", falling ? "descending" : "ascending");
	});
}
